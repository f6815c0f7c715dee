//! Codes about the token and its payload.

use super::entries;

entries! { TOKENS:
    DOCS_SAMPLE "token.docs_sample" "tokens/docs-sample" 90 Fatal
        "The token is a sample from ONLYOFFICE's documentation, whose samples are signed with an empty secret."
        "Sign your own config in your back end with the secret of your server; a sample works on no server."
        "`token:invalid signature`, error -20.";
    PLACEHOLDER "token.placeholder" "tokens/placeholder" 100 Fatal
        "This is not a token but a stand-in for one: it is masked, cut off, or a template that was not filled in."
        "Give the whole token as the page or the request has it; explain works without a network and stores nothing."
        "It depends on the real token; a template that was not filled in gives `token:jwt malformed`, error -20.";
    MISPLACED "token.misplaced" "tokens/misplaced" 105 Fatal
        "The token is not where the server looks for it."
        "Put it at the top level of the config: config.token, beside document and editorConfig."
        "`token:jwt must be provided`, error -20.";
    MISSING "token.missing" "tokens/missing" 110 Fatal
        "There is no token."
        "Sign the config in the back end with the shared secret, and put the result in config.token."
        "`token:jwt must be provided`, error -20; `/command` 6, `/converter` -8.";
    NOT_A_STRING "token.not_a_string" "tokens/not-a-string" 115 Fatal
        "The token is not a string."
        "Wait for the result if the token is made asynchronously, and pass on its bare text."
        "`token:jwt must be a string` or `token:jwt malformed`, error -20.";
    IS_THE_SECRET "token.is_the_secret" "tokens/is-the-secret" 120 Fatal
        "The secret itself was sent as the token, and anyone who saw the page knows it now."
        "Set a new secret on both sides, keep it in the back end, and send a token that was signed with it."
        "`token:jwt malformed`, error -20.";
    TOO_LARGE "token.too_large" "tokens/too-large" 125 Fatal
        "The token is too large."
        "Sign only the members that the config needs, and no images or texts."
        "Recto refuses it; proxies refuse a long header with 400, 413 or 431.";
    BASE64_PADDING "token.base64_padding" "tokens/base64-padding" 130 Fatal
        "The token uses another kind of Base64 than a JWT does."
        "Encode each part as Base64url (RFC 4648, section 5): \"-\" and \"_\" in place of \"+\" and \"/\", and no \"=\" at the end."
        "`token:invalid token` or `token:invalid signature`, error -20.";
    MALFORMED "token.malformed" "tokens/malformed" 135 Fatal
        "The text is not a JWT."
        "Make the token with a JWT library: sign the whole config with HS256, and pass on the resulting text unchanged."
        "`token:jwt malformed` or `token:invalid token`, error -20; `/command` 6, `/converter` -8.";
    ALG_NONE "token.alg_none" "tokens/alg-none" 140 Fatal
        "The token is not signed: its \"alg\" is \"none\"."
        "Sign the token with HS256 and the shared secret."
        "`token:jwt signature is required`, error -20.";
    ALG_UNSUPPORTED "token.alg_unsupported" "tokens/alg-unsupported" 145 Fatal
        "The token's algorithm is one that a shared secret cannot verify."
        "Sign the token with HS256 and the shared secret; Recto takes RS256, ES256 and EdDSA only with a public key in its settings."
        "`token:invalid algorithm`, error -20.";
    UNSIGNED "token.unsigned" "tokens/unsigned" 150 Fatal
        "The token has no signature."
        "Sign the token with HS256 and the shared secret; its third part must not be empty."
        "`token:jwt signature is required`, error -20.";
    EMPTY_KEY "token.signed_with_empty_key" "tokens/signed-with-empty-key" 155 Fatal
        "The token was signed with an empty secret."
        "Check that the back end really reads its secret: an unset variable or setting often becomes an empty text."
        "`token:invalid signature`, error -20.";
    SECRET_WHITESPACE "token.secret_whitespace" "tokens/secret-whitespace" 160 Fatal
        "The token was signed with the secret and white space around it, or without white space that belongs to it."
        "Make the secret the same byte for byte on both sides; a file that is read whole often ends with a line break."
        "`token:invalid signature`, error -20.";
    SECRET_QUOTED "token.secret_quoted" "tokens/secret-quoted" 165 Fatal
        "The token was signed with quotation marks around the secret, or without those that belong to it."
        "Remove the quotation marks from the setting: .env and compose files differ in whether they take them off."
        "`token:invalid signature`, error -20.";
    SECRET_ENCODING "token.secret_encoding" "tokens/secret-encoding" 170 Fatal
        "The token was signed with another form of the secret, such as its Base64 or what Base64 makes of it."
        "Use the text of the secret as it is, as UTF-8, on both sides."
        "`token:invalid signature`, error -20.";
    KNOWN_KEY "token.signed_with_known_key" "tokens/signed-with-known-key" 175 Fatal
        "The token was signed with a secret that manuals and examples print."
        "Set this server's secret in the back end in place of the default one, and never keep the default one on a server."
        "`token:invalid signature`, error -20; or it works, for everybody who knows the manual.";
    SIGNATURE "token.signature" "tokens/signature" 180 Fatal
        "The token was signed with another secret, or was changed afterwards."
        "Set the same secret in the back end and in the server, byte for byte, and check that nothing changed the token on its way."
        "`token:invalid signature`, error -20; `/command` 6, `/converter` -8.";
    KEY_RETIRED "token.key_retired" "tokens/key-retired" 181 Fatal
        "The token was signed with a key that the server has taken out of use."
        "Sign with the present key: set it in the back end, and restart that if it reads its settings only then."
        "It has one secret at a time, and says `token:invalid signature` as soon as it is another one, error -20.";
    KEY_NOT_YET_VALID "token.key_not_yet_valid" "tokens/key-not-yet-valid" 182 Fatal
        "The token was signed with a key that the server will accept only later."
        "Sign with the present key until then, or correct the server's clock."
        "`token:invalid signature`, error -20.";
    UNKNOWN_TENANT "token.unknown_tenant" "tokens/unknown-tenant" 183 Fatal
        "The request belongs to no tenant of the server."
        "Call the server by the host that was set up for the tenant, or name one of the tenant's keys as \"kid\" in the token's header."
        "It takes the secret of its default tenant: `token:invalid signature`, error -20.";
    TIME_TYPE "token.time_type" "tokens/time-type" 190 Fatal
        "A time in the token is not a number."
        "Write it as a JSON number: seconds since 1970-01-01 UTC, without quotation marks."
        "`token:invalid exp value` or `token:invalid nbf value`, error -20.";
    NOT_YET_VALID "token.not_yet_valid" "tokens/not-yet-valid" 195 Fatal
        "The token is not valid yet."
        "Leave out \"nbf\", or correct the clock of the machine that signed the token."
        "No code at all, or -100; `/command` 6. Recto answers 4006 `token:jwt not active`.";
    EXPIRED "token.expired" "tokens/expired" 200 Fatal
        "The token has expired."
        "Sign a new token each time the page is built, and check that both clocks agree."
        "4005 `token:jwt expired`, error -21; `/command` 7, `/converter` -8.";
    WRONG_PURPOSE "token.wrong_purpose" "tokens/wrong-purpose" 205 Fatal
        "The token was made for something else."
        "Sign a token for this use: the whole config for config.token, the request's fields for a request."
        "`token:`, error -20.";
    WRONG_DOCUMENT "token.wrong_document" "tokens/wrong-document" 207 Fatal
        "The token was made for another document than the one that the page opens."
        "Sign the config after document.key is set, and do not change the key in the browser."
        "The token's document is opened in its place.";
    EXP_MILLISECONDS "token.exp_milliseconds" "tokens/exp-milliseconds" 210 Risk
        "The token's time is in milliseconds, so it means a year far in the future."
        "Divide by 1000: JWT counts in seconds, and JavaScript's Date.now() in milliseconds."
        "The token never expires.";
    NO_EXPIRY "token.no_expiry" "tokens/no-expiry" 215 Risk
        "The token never expires: it has no \"exp\"."
        "Add an \"exp\" some minutes ahead; the token is needed only while the editor opens."
        "It works, and anyone who finds the token can use it forever.";
    ALG_HASH "token.alg_hash" "tokens/alg-hash" 220 Note
        "The token is signed with HS384 or HS512, which servers accept and some libraries of integrators do not."
        "Use HS256 unless something demands otherwise."
        "It works.";
}

entries! { PAYLOADS:
    EMPTY "payload.empty" "payload/empty" 300 Fatal
        "The token's payload is empty."
        "Sign the whole config, with document and editorConfig in it: editorConfig.mode and document.permissions say whether the user views or edits; a config that could not be serialised often becomes {}."
        "`token:` and nothing more, error -20; `/command` 1, `/converter` -7.";
    DOUBLE_ENCODED "payload.double_encoded" "payload/double-encoded" 305 Fatal
        "The payload of the token is a string that contains JSON: the config was encoded twice."
        "Give the JWT library the config as an object, not the text that json_encode or JSON.stringify makes of it."
        "`token:`, error -20; `/command` 1.";
    NOT_AN_OBJECT "payload.not_an_object" "payload/not-an-object" 310 Fatal
        "The payload of the token is not a JSON object."
        "Sign the config as a JSON object in UTF-8."
        "`token:`, or no code at all.";
    WRAPPED "payload.wrapped" "payload/wrapped" 315 Fatal
        "The config is wrapped in another member of the payload."
        "Sign the config itself, so that document and editorConfig are at the top level of the payload."
        "`token:` (document.key is missing), error -20.";
    NOT_WRAPPED "payload.not_wrapped" "payload/not-wrapped" 320 Note
        "The fields are at the top level of the payload, and the documented form of a token in a header has them in \"payload\"."
        "For a header sign {\"payload\": {…fields…}}; a server takes both forms, some handlers only one."
        "Servers take both forms.";
    FLAT "payload.flat" "payload/flat" 325 Fatal
        "The members of document are at the top level of the payload."
        "Sign the whole config: {\"document\": {…}, \"editorConfig\": {…}}."
        "`token:` (document.key is missing), error -20.";
    MISSING_FIELD "payload.missing_field" "payload/missing-field" 330 Fatal
        "A field that must be signed is not in the payload."
        "Sign the whole config that the page gets, and change nothing afterwards."
        "`token:` and nothing more, error -20; the log says `auth missing required parameter`.";
    TYPE "payload.type" "payload/type" 335 Fatal
        "A value in the payload has a wrong type."
        "Write it with the type that the Docs API gives it, before the config is signed."
        "An alert or a warning in the browser; Recto names the field.";
    EXTRA_FIELD "payload.extra_field" "payload/extra-field" 340 Fatal
        "The payload has a member at its top level that does not belong in a config."
        "Sign the config only; a token that also has the form of another request is refused."
        "4004 `access deny`, error -23.";
    OPENS_HISTORY "payload.opens_history" "payload/opens-history" 345 Fatal
        "The payload has \"version\" at its top level, which asks for the version history."
        "Leave \"version\" out of what is signed to open the document itself."
        "The document opens read-only, as a version of the history.";
    RESERVED_CLAIM "payload.reserved_claim" "payload/reserved-claim" 350 Risk
        "The payload has a claim that document servers keep for their own session tokens."
        "Leave out members whose names begin with \"ds_\"."
        "Unexpected behaviour of the session; Recto ignores such claims.";
}
