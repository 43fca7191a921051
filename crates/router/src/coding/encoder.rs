//! The compressors, compiled once for the whole program, however many crates use them.
//!
//! Code that is generic over its writer is compiled again in each crate that uses it, and brotli's takes 180 KB.
//! So nothing here is generic, and a trait object hides the drop code, which would be compiled elsewhere otherwise.

use std::{
    io::{self, Write},
    mem,
};

use actix_web::web::Bytes;
use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};

use super::Coding;

/// The trade-off between time and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For content that is compressed for each response.
    Each,
    /// For content that is compressed once and sent often.
    Once,
}

impl Effort {
    /// Returns the level of zlib, up to 9.
    fn gzip(self) -> Compression {
        match self {
            Self::Each => Compression::fast(),
            Self::Once => Compression::default(),
        }
    }

    /// Returns the quality of brotli, up to 11; 5 is smaller than gzip and about as fast.
    fn brotli(self) -> u32 {
        match self {
            Self::Each => 3,
            Self::Once => 5,
        }
    }

    /// Returns the size of brotli's window, as a power of two. The encoder of a response holds a multiple of it for as long
    /// as the client takes to read: about 1 MB for 256 KiB.
    fn brotli_window(self) -> u32 {
        match self {
            Self::Each => 18,
            Self::Once => 22,
        }
    }
}

/// Encodes bytes in a content coding, chunk by chunk.
pub struct Encoder(Box<dyn Compressor>);

impl Encoder {
    /// Returns an encoder without input.
    #[must_use]
    pub fn new(coding: Coding, effort: Effort) -> Self {
        /// The size of brotli's output buffer; it does not change the output.
        const BUFFER: usize = 32 * 1024;
        let (quality, window) = (effort.brotli(), effort.brotli_window());
        Self(match coding {
            Coding::Identity => Box::new(Vec::new()),
            Coding::Gzip => Box::new(GzEncoder::new(Vec::new(), effort.gzip())),
            Coding::Brotli => Box::new(CompressorWriter::new(Vec::new(), BUFFER, quality, window)),
        })
    }

    /// Encodes bytes and returns the output that is ready, which is often empty.
    ///
    /// # Errors
    ///
    /// Returns the errors of the compressor; none is known when it writes into memory.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Bytes> {
        self.0.write_all(bytes)?;
        Ok(self.0.take())
    }

    /// Returns the output of all input so far, which costs a few bytes.
    ///
    /// # Errors
    ///
    /// As for [`write`](Self::write).
    pub fn flush(&mut self) -> io::Result<Bytes> {
        self.0.flush()?;
        Ok(self.0.take())
    }

    /// Returns the rest of the output.
    ///
    /// # Errors
    ///
    /// As for [`write`](Self::write).
    pub fn finish(self) -> io::Result<Bytes> {
        self.0.finish()
    }
}

/// Encodes bytes at once.
///
/// # Errors
///
/// As for [`Encoder::write`].
pub fn encode(bytes: &[u8], coding: Coding, effort: Effort) -> io::Result<Bytes> {
    let mut encoder = Encoder::new(coding, effort);
    encoder.0.write_all(bytes)?;
    encoder.finish()
}

/// A compressor that writes into memory.
trait Compressor: Write + Send {
    /// Returns the output that is ready.
    fn take(&mut self) -> Bytes;

    fn finish(self: Box<Self>) -> io::Result<Bytes>;
}

impl Compressor for Vec<u8> {
    fn take(&mut self) -> Bytes {
        mem::take(self).into()
    }

    fn finish(self: Box<Self>) -> io::Result<Bytes> {
        Ok((*self).into())
    }
}

impl Compressor for GzEncoder<Vec<u8>> {
    fn take(&mut self) -> Bytes {
        mem::take(self.get_mut()).into()
    }

    fn finish(self: Box<Self>) -> io::Result<Bytes> {
        (*self).finish().map(Bytes::from)
    }
}

impl Compressor for CompressorWriter<Vec<u8>> {
    fn take(&mut self) -> Bytes {
        mem::take(self.get_mut()).into()
    }

    fn finish(mut self: Box<Self>) -> io::Result<Bytes> {
        // `into_inner` reports no failure, but `flush` does.
        self.flush()?;
        Ok(self.into_inner().into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::{super::plain, *};

    const CODINGS: [Coding; 3] = [Coding::Identity, Coding::Gzip, Coding::Brotli];

    fn text() -> Vec<u8> {
        let lines = (0..20_000).map(|line| format!("this is line {line}\n"));
        lines.collect::<String>().into_bytes()
    }

    #[test]
    fn chunks_are_encoded_like_the_whole() {
        let text = text();
        for (coding, effort) in CODINGS
            .map(|coding| [(coding, Effort::Each), (coding, Effort::Once)])
            .concat()
        {
            let mut encoder = Encoder::new(coding, effort);
            let mut out = Vec::new();
            for chunk in text.chunks(7_777) {
                out.extend(encoder.write(chunk).unwrap());
            }
            out.extend(encoder.finish().unwrap());
            assert!(plain(&out, coding) == text, "{coding:?}, {effort:?}");
            let at_once = encode(&text, coding, effort).unwrap();
            assert!(plain(&at_once, coding) == text, "{coding:?}, {effort:?}");
            assert!(coding == Coding::Identity || at_once.len() < text.len() / 3);
        }
    }

    #[test]
    fn flushed_output_can_be_decoded_before_the_end() {
        for coding in CODINGS {
            let mut encoder = Encoder::new(coding, Effort::Each);
            let mut out = encoder.write(b"one").unwrap().to_vec();
            out.extend(encoder.flush().unwrap());
            let mut read = [0; 3];
            match coding {
                Coding::Identity => read.copy_from_slice(&out),
                Coding::Gzip => GzDecoder::new(&out[..]).read_exact(&mut read).unwrap(),
                Coding::Brotli => {
                    let mut decoder = brotli::Decompressor::new(&out[..], 64);
                    decoder.read_exact(&mut read).unwrap();
                }
            }
            assert_eq!(&read, b"one", "{coding:?}");
        }
    }

    #[test]
    fn empty_input_can_be_decoded() {
        for coding in CODINGS {
            let encoded = encode(b"", coding, Effort::Once).unwrap();
            assert_eq!(plain(&encoded, coding), "", "{coding:?}");
        }
    }
}
