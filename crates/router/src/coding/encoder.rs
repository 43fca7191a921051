//! The compressors: one of each in the whole program, however many crates use them.
//!
//! Code that is generic over where it writes to is compiled anew in each crate that uses it, and brotli's weighs 180 KB.
//! So nothing here is generic, and behind a trait object stands what would be compiled elsewhere after all: what is done
//! when a compressor is dropped.

use std::{
    io::{self, Write},
    mem,
};

use actix_web::web::Bytes;
use brotli::CompressorWriter;
use flate2::{Compression, write::GzEncoder};

use super::Coding;

/// How much work is put into compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For what is compressed whenever it is sent.
    Each,
    /// For what is compressed once and sent often.
    Once,
}

impl Effort {
    /// As zlib counts it, to 9.
    fn gzip(self) -> Compression {
        match self {
            Self::Each => Compression::fast(),
            Self::Once => Compression::default(),
        }
    }

    /// As brotli counts it, to 11; its 5 is smaller than gzip and about as fast.
    fn brotli(self) -> u32 {
        match self {
            Self::Each => 3,
            Self::Once => 5,
        }
    }
}

/// Puts bytes into a coding, piece by piece.
pub struct Encoder(Box<dyn Compressor>);

impl Encoder {
    /// One that has been given nothing yet.
    #[must_use]
    pub fn new(coding: Coding, effort: Effort) -> Self {
        /// Of what is handed on at a time; it does not change what comes out.
        const BUFFER: usize = 32 * 1024;
        /// Brotli looks this far back, as a power of two.
        const WINDOW: u32 = 22;
        let quality = effort.brotli();
        Self(match coding {
            Coding::Identity => Box::new(Vec::new()),
            Coding::Gzip => Box::new(GzEncoder::new(Vec::new(), effort.gzip())),
            Coding::Brotli => Box::new(CompressorWriter::new(Vec::new(), BUFFER, quality, WINDOW)),
        })
    }

    /// Takes bytes in, and hands out what is ready: often nothing.
    ///
    /// # Errors
    ///
    /// Those of the compressor. Writing into memory, it has none that are known.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Bytes> {
        self.0.write_all(bytes)?;
        Ok(self.0.take())
    }

    /// Hands out all that was taken in, at the price of a few bytes.
    ///
    /// # Errors
    ///
    /// As for [`write`](Self::write).
    pub fn flush(&mut self) -> io::Result<Bytes> {
        self.0.flush()?;
        Ok(self.0.take())
    }

    /// Hands out the rest, and the end.
    ///
    /// # Errors
    ///
    /// As for [`write`](Self::write).
    pub fn finish(self) -> io::Result<Bytes> {
        self.0.finish()
    }
}

/// What is there already, all at once.
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
    /// What is ready.
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
        // What ends it tells of no failure; what comes before does.
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
        let lines = (0..20_000).map(|line| format!("{line} is what stands in this line\n"));
        lines.collect::<String>().into_bytes()
    }

    #[test]
    fn what_goes_in_in_pieces_comes_out_whole() {
        let text = text();
        for (coding, effort) in CODINGS
            .map(|coding| [(coding, Effort::Each), (coding, Effort::Once)])
            .concat()
        {
            let mut encoder = Encoder::new(coding, effort);
            let mut out = Vec::new();
            for piece in text.chunks(7_777) {
                out.extend(encoder.write(piece).unwrap());
            }
            out.extend(encoder.finish().unwrap());
            assert!(plain(&out, coding) == text, "{coding:?}, {effort:?}");
            let at_once = encode(&text, coding, effort).unwrap();
            assert!(plain(&at_once, coding) == text, "{coding:?}, {effort:?}");
            assert!(coding == Coding::Identity || at_once.len() < text.len() / 3);
        }
    }

    #[test]
    fn what_is_flushed_can_be_read_before_the_end() {
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
    fn nothing_is_something_that_can_be_read() {
        for coding in CODINGS {
            let nothing = encode(b"", coding, Effort::Once).unwrap();
            assert_eq!(plain(&nothing, coding), "", "{coding:?}");
        }
    }
}
