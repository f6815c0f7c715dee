//! Any bytes get an answer, the same one twice, and none tells the secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recto_token::{Secret, explain, explain::Context};

const SECRET: &str = "k3Jx9-Qm2vT7_wZ4.pL8sR5tY1uN6bC0";

fuzz_target!(|input: &[u8]| {
    let context = Context {
        secrets: vec![Secret::from(SECRET)],
        now: 1_795_514_400,
        ..Context::default()
    };
    let explanation = explain(input, &context);
    assert!(!explanation.findings.is_empty());
    let text = explanation.to_text();
    assert!(!text.contains(SECRET));
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    assert_eq!(explanation, explain(input, &context));
    let sorted = explanation
        .findings
        .windows(2)
        .all(|pair| pair[0].severity <= pair[1].severity);
    assert!(sorted, "the worst comes first");
});
