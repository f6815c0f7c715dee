//! Fetching a document.

use std::path::Path;

use http::{HeaderMap, header};
use recto_docs_api::{Conversion, DocumentKey, FileType};
use recto_token::{MethodGrant, Opening, Verified};
use reqwest::Response;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use crate::client::{Limits, Signer, is_redirect};
use crate::target::Target;
use crate::{FetchError, Fetcher, TokenSent};

/// Attempts in all, as integrators know them from the Docs API.
const ATTEMPTS: u32 = 3;
/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Bytes of the beginning that are handed on.
const HEAD: usize = 4096;

/// What was downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Length in bytes.
    pub bytes: u64,
    /// The first bytes, at most 4096.
    pub head: Vec<u8>,
    /// SHA-256 of the whole.
    pub sha256: [u8; 32],
}

/// An answer that promises a file, and how it was come by.
struct Answer {
    response: Response,
    target: Target,
    redirected: bool,
}

impl Fetcher {
    /// Fetches `document.url` into a file, which is overwritten, and removed again when the
    /// download fails.
    ///
    /// The request carries a token over the address as the integrator signed it; after a redirect
    /// it is signed again within the same origin, and not at all elsewhere. Status 5xx and broken
    /// connections are tried three times; limits and refusals are final.
    pub async fn download(
        &self,
        opening: &Verified<Opening>,
        to: &Path,
    ) -> Result<Downloaded, FetchError> {
        self.fetch(
            Some(&opening.key),
            &opening.url,
            Some(opening.file_type),
            to,
        )
        .await
    }

    /// Fetches the `url` of a conversion, by the rules of [`Self::download`].
    pub async fn download_source(
        &self,
        conversion: &Verified<Conversion>,
        to: &Path,
    ) -> Result<Downloaded, FetchError> {
        let file_type = conversion.source.content();
        self.fetch(conversion.key.as_ref(), &conversion.url, file_type, to)
            .await
    }

    /// Fetches one of the files that the token of an editor's method signs, by the rules of
    /// [`Self::download`]; `None` if there is no file of this number.
    pub async fn download_signed(
        &self,
        grant: &Verified<MethodGrant>,
        number: usize,
        to: &Path,
    ) -> Option<Result<Downloaded, FetchError>> {
        let file = grant.files.get(number)?;
        Some(self.fetch(None, &file.url, None, to).await)
    }

    /// Fetches the version before the one that is opened, by the rules of [`Self::download`]; `None` if
    /// there is none.
    pub async fn download_previous(
        &self,
        opening: &Verified<Opening>,
        to: &Path,
    ) -> Option<Result<Downloaded, FetchError>> {
        let file = opening.previous.as_ref()?;
        Some(self.fetch(Some(&opening.key), &file.url, None, to).await)
    }

    async fn fetch(
        &self,
        key: Option<&DocumentKey>,
        url: &str,
        file_type: Option<FileType>,
        to: &Path,
    ) -> Result<Downloaded, FetchError> {
        let limits = Limits::download(&self.config);
        let mut attempt = 1;
        loop {
            let error = match self.attempt(url, file_type, to, &limits).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            if attempt == ATTEMPTS
                || !error.transient()
                || !limits.pause(self.config.retry_delay).await
            {
                // nothing to remove is what was wanted
                let _ = tokio::fs::remove_file(to).await;
                return Err(error);
            }
            tracing::info!(key = key.map(DocumentKey::as_str), attempt, %error, "download failed, trying again");
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        url: &str,
        file_type: Option<FileType>,
        to: &Path,
        limits: &Limits,
    ) -> Result<Downloaded, FetchError> {
        let answer = self.find(url, limits).await?;
        let origin = answer.target.origin();
        let declared_html = is_html(answer.response.headers());
        let redirected = answer.redirected;
        let downloaded = self.receive(answer, to, limits).await?;
        if downloaded.bytes == 0 {
            return Err(FetchError::Empty { origin });
        }
        if let Some(file_type) = file_type
            && is_page_instead(&downloaded.head, file_type, declared_html)
            && !is_written_as_page(file_type, to).await
        {
            return Err(FetchError::HtmlInstead {
                origin,
                expected: file_type.extension(),
                redirected,
            });
        }
        Ok(downloaded)
    }

    /// The answer with the file. While secrets are rotated, what is refused as unauthorised is asked
    /// for once more with the next secret.
    async fn find(&self, url: &str, limits: &Limits) -> Result<Answer, FetchError> {
        let mut signers = self.signers().into_iter().peekable();
        loop {
            let Some(signer) = signers.next() else {
                unreachable!("there is always a signer, and the last one's answer is final");
            };
            match self.follow(url, limits, &signer).await {
                Err(FetchError::Status {
                    status: 401 | 403,
                    token: TokenSent::Yes,
                    ..
                }) if signers.peek().is_some() => {}
                result => return result,
            }
        }
    }

    /// Requests an address and what it redirects to, until there is a file or an error.
    async fn follow(
        &self,
        url: &str,
        limits: &Limits,
        signer: &Signer,
    ) -> Result<Answer, FetchError> {
        let first = Target::parse(url, &self.policy)?;
        let mut target = first.clone();
        // the integrator compares with what it wrote, not with our spelling of it
        let mut claim = url.to_owned();
        let mut at_home = true;
        for hop in 0..=REDIRECTS {
            let mut headers = if at_home {
                self.authorization(signer, &target, &json!({ "url": claim }))
            } else {
                HeaderMap::new()
            };
            let token = match (signer.signs(), at_home) {
                (false, _) => TokenSent::Off,
                (true, false) => TokenSent::Withheld,
                (true, true) if self.signs_for(signer, &target) => TokenSent::Yes,
                (true, true) => TokenSent::Excluded,
            };
            headers.insert(
                header::ACCEPT_ENCODING,
                header::HeaderValue::from_static("identity"),
            );
            self.warn_of(&target);
            let request = self.client.get(target.url().clone()).headers(headers);
            let response = limits.step(&target, request.send()).await?;
            let location = response
                .headers()
                .get(header::LOCATION)
                .and_then(|value| value.to_str().ok());
            match location {
                Some(location) if is_redirect(&response) => {
                    target = target.redirect(location, &self.policy)?;
                    // once a third party chose the way, nothing is signed for it any more
                    at_home = at_home && target.same_origin(&first);
                    target.url().as_str().clone_into(&mut claim);
                }
                _ if matches!(response.status().as_u16(), 200 | 206) => {
                    return Ok(Answer {
                        response,
                        target,
                        redirected: hop > 0,
                    });
                }
                _ => {
                    return Err(FetchError::Status {
                        origin: target.origin(),
                        status: response.status().as_u16(),
                        token,
                        redirected: hop > 0,
                    });
                }
            }
        }
        Err(FetchError::TooManyRedirects {
            origin: target.origin(),
            limit: REDIRECTS,
        })
    }

    /// Streams an answer into a file, counting the bytes after decompression.
    async fn receive(
        &self,
        answer: Answer,
        to: &Path,
        limits: &Limits,
    ) -> Result<Downloaded, FetchError> {
        let Answer {
            mut response,
            target,
            ..
        } = answer;
        let limit = self.config.max_bytes;
        let too_large = || FetchError::TooLarge { limit };
        // the client takes this header off what it decompresses
        if let Some(encoding) = response.headers().get(header::CONTENT_ENCODING)
            && encoding != "identity"
        {
            return Err(FetchError::Encoding {
                origin: target.origin(),
                encoding: encoding.to_str().unwrap_or("unknown").to_owned(),
            });
        }
        if response.content_length().is_some_and(|n| n > limit) {
            return Err(too_large());
        }
        let mut file = BufWriter::new(File::create(to).await.map_err(FetchError::Write)?);
        let mut hash = Sha256::new();
        let mut head = Vec::new();
        let mut bytes = 0_u64;
        while let Some(chunk) = limits.step(&target, response.chunk()).await? {
            bytes = bytes.saturating_add(chunk.len() as u64);
            if bytes > limit {
                return Err(too_large());
            }
            hash.update(&chunk);
            let wanted = (HEAD - head.len()).min(chunk.len());
            head.extend_from_slice(&chunk[..wanted]);
            file.write_all(&chunk).await.map_err(FetchError::Write)?;
        }
        file.flush().await.map_err(FetchError::Write)?;
        Ok(Downloaded {
            bytes,
            head,
            sha256: hash.finalize().into(),
        })
    }
}

pub(crate) fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let value = value.trim_start().to_ascii_lowercase();
            value.starts_with("text/html") || value.starts_with("application/xhtml")
        })
}

/// Whether a web page came where a document should be. A text may well hold the source of a page,
/// so for texts the server must call it one.
fn is_page_instead(head: &[u8], file_type: FileType, declared_html: bool) -> bool {
    let is_text = matches!(file_type.extension(), "txt" | "csv" | "tsv");
    (declared_html || !is_text) && looks_like_html(head)
}

/// Whether this page is what programs write in a workbook's place, rather than one that asks for a
/// login or tells of an error.
async fn is_written_as_page(file_type: FileType, path: &Path) -> bool {
    let path = path.to_owned();
    let examine = move || file_type.examine_file(&path);
    let examined = tokio::task::spawn_blocking(examine).await;
    matches!(examined, Ok(Ok(content)) if content.is_page)
}

/// Whether bytes begin like a web page, or like PHP's way to report an error.
pub(crate) fn looks_like_html(bytes: &[u8]) -> bool {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        let end = if rest.starts_with(b"<!--") {
            position(rest, b"-->")
        } else if rest.starts_with(b"<?xml") {
            position(rest, b"?>")
        } else {
            break;
        };
        match end {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
    }
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<script",
        "<br />",
        "<b>",
    ]
    .iter()
    .any(|start| {
        rest.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
    })
}

/// The position after the first `needle`.
fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + needle.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn web_pages_are_recognised() {
        for page in [
            "<!DOCTYPE html><html>",
            "\u{feff} \r\n<!doctype HTML>",
            "<HTML lang=en>",
            "<!-- saved --> <!-- twice --><html>",
            "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>",
            "<br />\n<b>Warning</b>: include()",
        ] {
            assert!(looks_like_html(page.as_bytes()), "{page}");
        }
        for other in [
            "",
            "PK\u{3}\u{4}",
            "{\\rtf1",
            "<!--",
            "<?xml version='1.0'?><office:document>",
            "a <html>",
        ] {
            assert!(!looks_like_html(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn the_source_of_a_page_is_a_text_unless_it_is_served_as_a_page() {
        let page = b"<html></html>";
        let txt = FileType::parse("txt").unwrap();
        let docx = FileType::parse("docx").unwrap();
        assert!(!is_page_instead(page, txt, false));
        assert!(is_page_instead(page, txt, true));
        assert!(is_page_instead(page, docx, false));
        assert!(!is_page_instead(b"PK\x03\x04", docx, true));
    }

    proptest! {
        #[test]
        fn sniffing_never_panics(bytes: Vec<u8>) {
            let _ = looks_like_html(&bytes);
        }
    }
}
