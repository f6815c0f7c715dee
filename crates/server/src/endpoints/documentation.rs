//! `GET /docs/…`: the book, so that whoever is told a code can read what it means.

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
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

/// The first page.
pub async fn first() -> Redirect {
    Redirect::temporary("/docs/index")
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
    let Some(file) = Book::get(&format!("{name}.md")) else {
        return (
            StatusCode::NOT_FOUND,
            HEADERS,
            Html(page("Not found", "<h1>There is no such page</h1><p>Choose one of <a href=\"/docs/refusals/index\">all codes</a>, or begin at <a href=\"/docs/index\">the first page</a>.</p>")),
        )
            .into_response();
    };
    let text = String::from_utf8_lossy(&file.data);
    let title = text.lines().next().unwrap_or_default();
    (
        HEADERS,
        Html(page(title.trim_start_matches("# "), &rendered(&text))),
    )
        .into_response()
}

/// The HTML around a page. The title is text, the content HTML.
fn page(title: &str, content: &str) -> String {
    let mut escaped = String::new();
    // Writing to a String cannot fail.
    let _ = pulldown_cmark_escape::escape_html(&mut escaped, title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{escaped} · Recto</title><link rel=\"stylesheet\" \
         href=\"/docs/docs.css\"></head><body><header><strong>Recto</strong><a \
         href=\"/docs/tokens/five-minutes\">Tokens in five minutes</a><a \
         href=\"/docs/refusals/index\">All codes</a><a href=\"/docs/reference/configuration\">\
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
    use axum::body::to_bytes;

    use super::*;

    async fn get(path: &str) -> (StatusCode, String) {
        let answer = documentation(Path(path.to_owned())).await;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_code_can_be_read() {
        let (status, text) = get("refusals/payload/empty").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("<h1>payload.empty</h1>"), "{text}");
        assert!(
            text.contains("href=\"../../tokens/five-minutes\""),
            "{text}"
        );
        assert!(!text.contains("<!-- Made"), "{text}");
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

    /// Every link between pages leads to a page, but for those of the excluded chapters.
    #[tokio::test]
    async fn links_lead_somewhere() {
        let base = url::Url::parse("http://docs.example/docs/").unwrap();
        for name in Book::iter() {
            let here = base.join(name.trim_end_matches(".md")).unwrap();
            let file = Book::get(&name).unwrap();
            let html = rendered(&String::from_utf8_lossy(&file.data));
            for target in html
                .split("href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                let target = here.join(target).unwrap();
                let path = target.path();
                if target.host_str() != Some("docs.example") || path.contains("/development/") {
                    continue;
                }
                let page = path.strip_prefix("/docs/");
                let found = page.is_some_and(|page| Book::get(&format!("{page}.md")).is_some());
                assert!(found, "{target} in {name}");
            }
        }
    }
}
