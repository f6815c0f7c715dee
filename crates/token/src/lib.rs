//! JSON Web Tokens for the Docs API: keys, signing, verification and refusals that explain themselves.
#![forbid(unsafe_code)]
