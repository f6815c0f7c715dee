//! `GET /docs/…`: the book, so that anyone who is told a code can read what it means. The pages on codes
//! are made from the catalogue as they are asked for.

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use recto_token::explain::pages;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs"]
#[include = "*.md"]
#[exclude = "SUMMARY.md"]
#[exclude = "development/*"]
#[exclude = "book/*"]
struct Book;

const STYLE: &str = include_str!("../../assets/docs.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// From `/docs` to the first page. All addresses are relative, so that they lead on behind any path
/// prefix.
pub async fn first() -> Redirect {
    Redirect::temporary("docs/index")
}

/// From `/docs/` to the first page.
pub async fn first_here() -> Redirect {
    Redirect::temporary("index")
}

/// A page, or the style of all of them.
pub async fn documentation(Path(path): Path<String>) -> Response {
    if path == "docs.css" {
        return ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response();
    }
    let name = path
        .strip_suffix(".html")
        .or_else(|| path.strip_suffix(".md"))
        .unwrap_or(&path);
    let Some(text) = source(name) else {
        return (
            StatusCode::NOT_FOUND,
            HEADERS,
            Html(page(&path, "Not found", &format!("<h1>There is no such page</h1><p>Choose one of <a href=\"{up}refusals/index\">all codes</a>, or begin at <a href=\"{up}index\">the first page</a>.</p>", up = up(&path)))),
        )
            .into_response();
    };
    let title = text.lines().next().unwrap_or_default();
    (
        HEADERS,
        Html(page(
            &path,
            title.trim_start_matches("# "),
            &rendered(&text),
        )),
    )
        .into_response()
}

/// The Markdown of a page.
fn source(name: &str) -> Option<String> {
    pages::page(name).or_else(|| {
        let file = Book::get(&format!("{name}.md"))?;
        Some(String::from_utf8_lossy(&file.data).into_owned())
    })
}

/// The way from a page to the folder of all.
fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// The HTML around a page. The title is text, the content HTML.
fn page(path: &str, title: &str, content: &str) -> String {
    let up = up(path);
    let mut escaped = String::new();
    // Writing to a String cannot fail.
    let _ = pulldown_cmark_escape::escape_html(&mut escaped, title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{escaped} · Recto</title><link rel=\"stylesheet\" \
         href=\"{up}docs.css\"></head><body><header><strong>Recto</strong><a \
         href=\"{up}tokens/five-minutes\">Tokens in five minutes</a><a \
         href=\"{up}refusals/index\">All codes</a><a href=\"{up}reference/configuration\">\
         Configuration</a></header><main>{content}</main></body></html>"
    )
}

/// Markdown as HTML. Links to other pages lose their `.md`; lines that a reader of the book's Rust
/// examples does not see are left out.
fn rendered(text: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_STRIKETHROUGH;
    let mut rust = false;
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Some(Event::Start(Tag::Link {
            link_type,
            dest_url: without_extension(dest_url),
            title,
            id,
        })),
        Event::Start(Tag::CodeBlock(kind)) => {
            rust = matches!(&kind, CodeBlockKind::Fenced(language) if &**language == "rust");
            Some(Event::Start(Tag::CodeBlock(kind)))
        }
        Event::End(TagEnd::CodeBlock) => {
            rust = false;
            Some(Event::End(TagEnd::CodeBlock))
        }
        Event::Text(code) if rust => Some(Event::Text(
            code.split_inclusive('\n')
                .filter(|line| !line.trim_start().starts_with("# "))
                .collect::<String>()
                .into(),
        )),
        // Comments are for those who write the book, and nothing else in it is HTML.
        Event::Html(_) | Event::InlineHtml(_) => None,
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.replace("<table>", "<div class=\"wide\"><table>")
        .replace("</table>", "</table></div>")
}

fn without_extension(url: CowStr<'_>) -> CowStr<'_> {
    if url.contains("://") {
        return url;
    }
    match url.split_once(".md") {
        Some((page, rest)) if rest.is_empty() || rest.starts_with('#') => {
            format!("{page}{rest}").into()
        }
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Path as StdPath, PathBuf};

    use axum::body::to_bytes;
    use url::Url;

    use super::*;

    async fn get(path: &str) -> (StatusCode, String) {
        let answer = documentation(Path(path.to_owned())).await;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_code_can_be_read() {
        for name in pages::names() {
            assert_eq!(get(&name).await.0, StatusCode::OK, "{name}");
        }
        let (_, text) = get("refusals/payload/empty").await;
        assert!(text.contains("<h1>payload.empty</h1>"), "{text}");
        assert!(
            text.contains("href=\"../../tokens/five-minutes\""),
            "{text}"
        );
    }

    #[tokio::test]
    async fn hidden_lines_of_an_example_stay_hidden() {
        let (_, text) = get("topics/sdk").await;
        assert!(
            text.contains("integrator.sign(") && !text.contains("# let"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_is_no_page_is_not_found() {
        for path in [
            "nothing",
            "../Cargo.toml",
            "SUMMARY",
            "development/architecture",
            "",
        ] {
            assert_eq!(get(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    /// Every link of the book, the read-me and the examples' own leads to a page or a file.
    #[test]
    fn links_lead_somewhere() {
        let root = StdPath::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = root.canonicalize().unwrap();
        let made = pages::names().map(|name| {
            let text = pages::page(&name).unwrap();
            (root.join("docs").join(name).with_extension("md"), text)
        });
        let texts: BTreeMap<PathBuf, String> = written(&root).into_iter().chain(made).collect();
        let mut links = 0;
        for (page, text) in &texts {
            for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
                let Event::Start(Tag::Link { dest_url, .. }) = event else {
                    continue;
                };
                let target = dest_url.split('#').next().unwrap();
                if target.is_empty() || target.contains(':') {
                    continue;
                }
                let base = Url::from_file_path(page).unwrap();
                let target = base.join(target).unwrap().to_file_path().unwrap();
                let there = texts.contains_key(&target) || target.exists();
                assert!(there, "{dest_url} in {}", page.display());
                links += 1;
            }
        }
        assert!(links > 500, "{links} links");
    }

    /// The Markdown that people wrote.
    fn written(root: &StdPath) -> Vec<(PathBuf, String)> {
        let mut folders = vec![root.join("docs"), root.join("examples")];
        let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap();
                if path.is_dir() && name != "node_modules" && name != "book" {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "md") {
                    files.push(path);
                }
            }
        }
        let text = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).unwrap());
        files.into_iter().map(text).collect()
    }
}
