//! The decompressors of request bodies. They decode in steps, each of which writes a bounded number of bytes, however many
//! its input stands for.

use std::{
    io::{self, ErrorKind, Write as _},
    mem,
};

use actix_web::web::{Buf as _, Bytes};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, enc::StandardAlloc};
use flate2::write::MultiGzDecoder;

use super::Coding;

/// The number of bytes a step of brotli writes at most. One of gzip writes at most twice as many, by flate2's own buffer.
const STEP: usize = 32 * 1024;

/// Decodes bytes in a content coding, chunk by chunk.
pub(crate) enum Decoder {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Brotli(Box<Brotli>),
}

/// A stream of brotli (RFC 7932), without the large windows that are no part of it: they would take up to 1 GiB.
pub(crate) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    progress: Progress,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    NeedsInput,
    HasOutput,
    Complete,
}

impl Decoder {
    /// Returns the decoder of a coding; `None` for `identity`.
    pub(crate) fn new(coding: Coding) -> Option<Self> {
        match coding {
            Coding::Identity => None,
            Coding::Gzip => Some(Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
            Coding::Brotli => Some(Self::Brotli(Box::new(Brotli {
                state: BrotliState::new_strict(
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                ),
                progress: Progress::NeedsInput,
            }))),
        }
    }

    /// Returns whether [`step`](Self::step) has output without further input.
    pub(crate) fn has_output(&self) -> bool {
        matches!(self, Self::Brotli(brotli) if brotli.progress == Progress::HasOutput)
    }

    /// Decodes the start of the input, which is removed from it, and returns the output that is ready.
    ///
    /// # Errors
    ///
    /// Returns an error for input that is not in the coding, or goes on after its end.
    pub(crate) fn step(&mut self, input: &mut Bytes) -> io::Result<Bytes> {
        match self {
            Self::Gzip(decoder) => {
                let read = decoder.write(input)?;
                input.advance(read);
                Ok(mem::take(decoder.get_mut()).into())
            }
            Self::Brotli(brotli) => brotli.step(input),
        }
    }

    /// Returns the rest of the output, once there is no more input.
    ///
    /// # Errors
    ///
    /// Returns an error for input that is not complete, or has the wrong checksum.
    pub(crate) fn finish(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Gzip(decoder) => {
                decoder.try_finish()?;
                Ok(mem::take(decoder.get_mut()).into())
            }
            Self::Brotli(brotli) if brotli.progress == Progress::Complete => Ok(Bytes::new()),
            Self::Brotli(_) => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Brotli {
    fn step(&mut self, input: &mut Bytes) -> io::Result<Bytes> {
        let mut output = vec![0; STEP];
        let (mut available_in, mut read) = (input.len(), 0);
        let (mut available_out, mut written, mut total) = (output.len(), 0, 0);
        if self.progress == Progress::Complete {
            return Err(ErrorKind::InvalidData.into());
        }
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut read,
            input,
            &mut available_out,
            &mut written,
            &mut output,
            &mut total,
            &mut self.state,
        );
        self.progress = match result {
            BrotliResult::NeedsMoreInput if available_in == 0 => Progress::NeedsInput,
            BrotliResult::NeedsMoreOutput if written > 0 => Progress::HasOutput,
            BrotliResult::ResultSuccess => Progress::Complete,
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        input.advance(read);
        output.truncate(written);
        Ok(output.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use brotli::{CompressorWriter, Decompressor, enc::BrotliEncoderParams};

    use super::*;
    use crate::coding::{Effort, encode};

    /// Decodes chunks, and returns the output with the largest of its steps.
    fn decode(
        coding: Coding,
        chunks: impl IntoIterator<Item = Bytes>,
    ) -> io::Result<(Vec<u8>, usize)> {
        let mut decoder = Decoder::new(coding).expect("a coding");
        let (mut all, mut largest) = (Vec::new(), 0);
        for mut chunk in chunks {
            while !chunk.is_empty() || decoder.has_output() {
                let output = decoder.step(&mut chunk)?;
                largest = largest.max(output.len());
                all.extend_from_slice(&output);
            }
        }
        all.extend_from_slice(&decoder.finish()?);
        Ok((all, largest))
    }

    fn content() -> Vec<u8> {
        (0..60_000_u32)
            .flat_map(|n| (n * n / 7).to_le_bytes())
            .collect()
    }

    fn encoded(coding: Coding, content: &[u8]) -> Bytes {
        encode(content, coding, Effort::Once).expect("it is encoded")
    }

    const CODINGS: [Coding; 2] = [Coding::Gzip, Coding::Brotli];

    #[test]
    fn content_is_decoded_however_it_is_cut() {
        let content = content();
        for coding in CODINGS {
            let encoded = encoded(coding, &content);
            for size in [1, 7, 4096, encoded.len()] {
                let chunks = encoded.chunks(size).map(Bytes::copy_from_slice);
                let (decoded, _) = decode(coding, chunks).expect("it is decoded");
                assert!(decoded == content, "{coding:?} in chunks of {size}");
            }
        }
    }

    #[test]
    fn step_is_small_however_much_the_input_stands_for() {
        let content = vec![b'0'; 50_000_000];
        for coding in CODINGS {
            let encoded = encoded(coding, &content);
            assert!(encoded.len() < 100_000, "{coding:?}: {}", encoded.len());
            let (decoded, largest) = decode(coding, [encoded]).expect("it is decoded");
            assert_eq!(decoded.len(), content.len());
            assert!(largest <= 2 * STEP, "{coding:?}: {largest}");
        }
    }

    #[test]
    fn incomplete_and_broken_input_is_an_error() {
        let content = content();
        for coding in CODINGS {
            let encoded = encoded(coding, &content);
            for end in [1, 5, encoded.len() / 2, encoded.len() - 1] {
                let cut = encoded.slice(..end);
                assert!(decode(coding, [cut]).is_err(), "{coding:?} up to {end}");
            }
            let more = [encoded.clone(), Bytes::from_static(b"{}")];
            assert!(decode(coding, more).is_err(), "{coding:?} goes on");
            assert!(decode(coding, [Bytes::from_static(b"\x17{\"a\": 1}")]).is_err());
        }
        let mut wrong = encoded(Coding::Gzip, &content).to_vec();
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        assert!(decode(Coding::Gzip, [wrong.into()]).is_err());
    }

    #[test]
    fn large_windows_of_brotli_are_an_error() {
        let params = BrotliEncoderParams {
            large_window: true,
            lgwin: 28,
            ..BrotliEncoderParams::default()
        };
        let mut encoded = Vec::new();
        CompressorWriter::with_params(&mut encoded, 4096, &params)
            .write_all(b"content")
            .expect("it is encoded");
        // It is what others decode.
        let mut decoded = String::new();
        Decompressor::new(encoded.as_slice(), 4096)
            .read_to_string(&mut decoded)
            .expect("it is decoded");
        assert_eq!(decoded, "content");
        assert!(decode(Coding::Brotli, [encoded.into()]).is_err());
    }
}
