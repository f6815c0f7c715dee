//! Opening, painting, typing and saving on real LibreOffice.

mod support;

use recto_engine::{Input, InputDenied, InputError, Kind, MouseAction, ViewEvent, Event};
use support::{editor, ink, sheet, slides, start, text, tile, unzip, view, wait, wait_view};

async fn two_people_write(zygote: bool, namespaces: bool) {
    let fixture = start(|config| {
        config.zygote = zygote;
        config.namespaces = namespaces;
    })
    .await;
    assert!(fixture.engine.ready());
    let isolation = fixture.engine.isolation();
    assert!(isolation.seccomp && (isolation.landlock || isolation.namespaces), "{isolation:?}");
    let source = fixture.make("text.docx", &text(&["First paragraph", "Second paragraph"])).await;
    let (document, mut events) = fixture.open(&source).await;
    assert_eq!(document.info().kind, Kind::Word);
    assert!(document.info().width > 10_000);
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    assert!(ink(&tile(&document, ann, 0, 0).await) > 100, "the text is painted");

    let end = Input::Key { char: 0, code: 1029 | 0x2000 };
    document.input(bob, end).await.unwrap();
    let one = document.send_input(ann, Input::Text { text: "Ann was here. ".into() }).unwrap();
    let two = document.send_input(bob, Input::Text { text: " Bob too 🙂.".into() }).unwrap();
    one.await.unwrap();
    two.await.unwrap();
    wait(&mut events, |event| matches!(event, Event::Modified(true)).then_some(())).await;
    wait_view(&mut events, ann, |event| match event {
        ViewEvent::PeerCaret { view, .. } => (*view == bob).then_some(()),
        _ => None,
    })
    .await;
    assert!(document.modified());
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert!(xml.contains("Ann was here. First paragraph"), "{xml}");
    assert!(xml.contains("Second paragraph Bob too 🙂."), "{xml}");
    document.destroy_view(bob).await.unwrap();
    document.input(ann, Input::Text { text: "Still. ".into() }).await.unwrap();
    document.close().await;
    wait(&mut events, |event| matches!(event, Event::Died { .. }).then_some(())).await;
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_zygote() {
    two_people_write(true, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_without_zygote() {
    two_people_write(false, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_without_namespaces() {
    two_people_write(true, false).await;
}
