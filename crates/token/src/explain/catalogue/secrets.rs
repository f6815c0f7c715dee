//! Codes about secrets and about the input itself.

use super::entries;

entries! { SECRETS:
    SECRET_EMPTY "secret.empty" "secrets/empty" 50 Fatal
        "The secret is empty."
        "Set the same secret in the server and in the application that embeds the editor; make one with \"openssl rand -hex 32\"."
        "`token:secret or public key must be provided`, error -20.";
    SECRET_VARIABLE_NAME "secret.variable_name" "secrets/variable-name" 55 Fatal
        "The variable for the secret has a name that nothing reads."
        "Name it JWT_SECRET: with an underscore, in capitals."
        "The server takes a random secret or the default one, and all tokens fail with `token:invalid signature`.";
    SECRET_IN_BROWSER "secret.in_browser_code" "secrets/in-browser-code" 60 Risk
        "The secret is used in code that runs in the browser, so everybody who opens the page can sign anything."
        "Move the signing to the back end, set a new secret on both sides, and hand the page only the finished token."
        "It works, for everybody.";
    SECRET_DEFAULT "secret.default" "secrets/default" 65 Risk
        "The secret is one that manuals and examples print, so anybody can sign with it."
        "Make a secret with \"openssl rand -hex 32\" and set it on both sides."
        "It works, for everybody; Recto does not start with it.";
    SECRET_SHORT "secret.short" "secrets/short" 70 Risk
        "The secret is shorter than 32 bytes, so it might be guessed from a token."
        "Make a secret with \"openssl rand -hex 32\" and set it on both sides."
        "It works; some JWT libraries refuse keys under 256 bits.";
    SECRET_RESTART "secret.changes_at_restart" "secrets/changes-at-restart" 75 Risk
        "No secret is set, so the container makes a new random one each time it is created."
        "Set JWT_SECRET to a fixed secret, and the same one in the application that embeds the editor."
        "All tokens fail with `token:invalid signature` after the next start.";
    TOKENS_OFF "secret.tokens_off" "secrets/tokens-off" 85 Risk
        "Tokens are switched off, wholly or in part, so requests are not authorised."
        "Set JWT_ENABLED=true, or all three of token.enable.browser, token.enable.request.inbox and token.enable.request.outbox."
        "Anybody who reaches the server can use it, and private addresses are refused.";
    CLOCK_SKEW "time.clock_skew" "time/clock-skew" 187 Risk
        "The clocks of the two machines differ."
        "Set both by NTP, and give the JWT library a leeway of 60 seconds."
        "Tokens are refused as expired or as not yet valid.";
}

entries! { INPUTS:
    UNREADABLE "input.unreadable" "input/unreadable" 10 Fatal
        "Nothing in this input can be recognised."
        "Give a token, a config, the code that makes it, a request, a line of a log, or an environment file, as text in UTF-8."
        "–";
    TRUNCATED "input.truncated" "input/truncated" 15 Note
        "The input is longer than what is read, and only its beginning was looked at."
        "Give the part that matters."
        "–";
    REPAIRED "input.repaired" "input/repaired" 20 Note
        "The text is not written as its language requires, and was read as it was probably meant."
        "Correct it if the page has the same error: a browser does not start code with such an error."
        "`SyntaxError` in the browser's console, and no editor.";
    SEVERAL "input.several" "input/several" 22 Note
        "There is more than one config, and the first was judged."
        "Give one at a time to have the others judged too."
        "–";
    SERVER_CONFIG "input.server_config" "input/server-config" 25 Note
        "This is the configuration of a document server, not an editor's config."
        "Use its secret.inbox to sign configs and requests, and its secret.outbox to verify callbacks; give an editor's config or a token to have that judged."
        "–";
    NO_FAULT_FOUND "input.no_fault_found" "input/no-fault-found" 1 Note
        "No fault was found."
        "If it is still refused, give more: the token together with the config, the secret, and the line of the server's log."
        "–";
}
