//! Codes about requests, answers and callbacks.

use super::entries;

entries! { REQUESTS:
    HEADER_PREFIX "request.header_prefix" "requests/header-prefix" 91 Fatal
        "The token in the header does not follow \"Bearer \" as the server demands."
        "Write \"Authorization: Bearer TOKEN\": a capital B, one space, and nothing else."
        "`/command` 6, `/converter` -8.";
    HEADER_NAME "request.header_name" "requests/header-name" 92 Fatal
        "The token is in another header than the one that the server reads."
        "Use the header Authorization, or set JWT_HEADER on the server to the same name."
        "`/command` 6, `/converter` -8.";
    NOT_JSON "request.not_json" "requests/not-json" 93 Fatal
        "The body of the request is not JSON, so nothing in it is read."
        "Send a JSON object; form fields, PHP arrays and single quotation marks are not read."
        "`/command` 6, `/converter` -8.";
    BODY_TOKEN_WINS "request.body_token_wins" "requests/body-token-wins" 94 Fatal
        "The token in the body is bad, and the server then ignores the one in the header."
        "Correct the body's token, or send only the header's."
        "`/command` 6, `/converter` -8.";
    REQUEST_TOO_LARGE "request.too_large" "requests/too-large" 95 Fatal
        "The request is larger than the 100 MB that a document server takes."
        "Send an address to fetch from instead of the content."
        "Status 500.";
    HEADER_MISSING "request.header_missing" "requests/header-missing" 112 Fatal
        "The request has no Authorization header."
        "Switch on the tokens of outgoing requests in the server, and let neither proxy nor web server remove the header; Apache needs CGIPassAuth On."
        "A handler that expects the header refuses: -4 for a download, -101 for a callback.";
    MISSING_PARAMETER "request.missing_parameter" "requests/missing-parameter" 355 Fatal
        "A parameter that the request needs is not there."
        "Add it, and sign it."
        "`/command` 1 or 5, `/converter` -7.";
    BODY_IGNORED "request.body_ignored" "requests/body-ignored" 352 Silent
        "A field of the body is not in the token, and unsigned fields are ignored."
        "Sign all fields of the request."
        "The field has no effect: `/command` 1, `/converter` -7.";
    SHARDKEY_MISSING "request.shardkey_missing" "requests/shardkey-missing" 530 Note
        "The request has no shardkey, which chooses the node in a cluster."
        "Add ?shardkey=KEY with the document key if the server is a cluster."
        "In a cluster the wrong node answers: command 1 or 4.";
    UNKNOWN_COMMAND "request.unknown_command" "requests/unknown-command" 357 Fatal
        "The command service does not know this command."
        "Use one of info, drop, forcesave, meta, version, license, getForgotten, getForgottenList, deleteForgotten, in this spelling."
        "`{\"error\":5}`.";
    REQUEST_METHOD "request.method" "requests/method" 359 Fatal
        "This address does not take this method."
        "Use POST with a JSON body."
        "Status 404.";
}

entries! { CALLBACKS:
    BAD_ANSWER "callback.bad_answer" "callbacks/bad-answer" 540 Fatal
        "The answer to the callback is not what a document server takes as success."
        "Answer with status 200 and the body {\"error\":0}, and nothing before or after it."
        "Error -101 while editing; after closing, the file is not saved and is kept as forgotten.";
    CALLBACK_UNREACHABLE "callback.unreachable" "callbacks/unreachable" 545 Fatal
        "The document server cannot reach the callback's address."
        "Call the address from the document server's machine; its name must be resolved there."
        "Error -100 when the host is not resolved, else -101.";
    CALLBACK_UNSIGNED "callback.unsigned" "callbacks/unsigned" 548 Risk
        "The callback carries no token, so anybody could have sent it."
        "Switch on the tokens of outgoing requests in the server, and refuse callbacks without one."
        "It works, for everybody.";
}
