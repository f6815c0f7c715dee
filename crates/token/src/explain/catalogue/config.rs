//! Codes about the editor's config.

use super::entries;

entries! { CONFIGS:
    CONFIG_MISSING_FIELD "config.missing_field" "config/missing-field" 400 Fatal
        "A field that the editor needs is not in the config."
        "Add it to the config before it is signed."
        "An alert in the browser (\"One or more required parameters\"), and no editor.";
    TEMPLATE_UNEXPANDED "config.template_unexpanded" "config/template-unexpanded" 405 Fatal
        "A value is a template that was not filled in."
        "Fill it in on the server: PHP replaces variables only in double quotation marks, and templates only where the engine runs."
        "The server tries to use the template's text: error -4, or -23 for a key.";
    COMPUTED "config.computed_in_browser" "config/computed-in-browser" 410 Fatal
        "A value is computed in the browser, so no token can have signed it."
        "Compute it in the back end, put it in the config there, and sign that config."
        "The signed value is used in its place, or error -20 if none was signed.";
    CONFIG_TYPE "config.type" "config/type" 415 Fatal
        "A value in the config has a wrong type."
        "Write it with the type that the Docs API gives it."
        "An alert or a warning in the browser.";
    KEY_CHARACTERS "config.key_characters" "config/key-characters" 420 Fatal
        "The document key has characters that are not permitted."
        "Use only 0-9, a-z, A-Z and . _ = -; replace others, or take a hash."
        "4004 `access deny`, error -23; 403 on HTTP routes; -7 for a conversion.";
    KEY_LENGTH "config.key_length" "config/key-length" 425 Fatal
        "The document key is too long."
        "Use at most 128 characters, for example a hash."
        "It works, is cut off, or fails, depending on the database.";
    FILE_TYPE "config.file_type" "config/file-type" 430 Fatal
        "The file type is not one that can be opened."
        "Write the file's extension in lower case and without a dot, such as docx."
        "The format is not recognised, and the document does not open.";
    DOCUMENT_TYPE "config.document_type" "config/document-type" 435 Fatal
        "The documentType does not fit the file."
        "Use word, cell, slide or pdf as the file type demands, or leave documentType out."
        "The wrong editor is started, or an alert is shown.";
    PERMISSIONS_DIFFER "config.permissions_differ" "config/permissions-differ" 440 Fatal
        "The permissions of the page are not those that were signed."
        "Send the page exactly the config that the back end signed, and change no permission after signing."
        "4004 `access deny`, error -23.";
    CHANGED_AFTER_SIGNING "config.changed_after_signing" "config/changed-after-signing" 442 Silent
        "A member is set after the token was made, so the token does not have it."
        "Set every member first, sign the whole config last, and change nothing afterwards."
        "The signed value is used silently; for permissions 4004 `access deny`, error -23; for a callbackUrl or mode that is not signed at all `token:`, error -20.";
    URL_SCHEME "config.url_scheme" "config/url-scheme" 445 Fatal
        "The address is not one that the document server can fetch."
        "Write an absolute address that begins with https:// or http://."
        "Error -4 for the document, -101 for the callback.";
    URL_LOOPBACK "config.url_loopback" "config/url-loopback" 450 Fatal
        "The address names the machine itself, and for the document server that is the document server."
        "Use a name that the document server can resolve: the host's name, the container's name in a shared network, or host.docker.internal."
        "Error -4 for the document, -101 for the callback.";
    HTML_ENTITIES "config.html_entities" "config/html-entities" 455 Fatal
        "The value was escaped for HTML."
        "Write JSON into the page without HTML escaping: {!! json_encode(…) !!} or @json in Blade, |raw in Twig, |safe in Jinja."
        "404 from the storage, error -4.";
    URL_UNREACHABLE "config.url_unreachable" "config/url-unreachable" 457 Fatal
        "The document server could not fetch the file."
        "Call the address from the document server's machine, as with curl -v, and see which answer comes."
        "Error -4 (\"Download failed\"), conversion -4.";
    URL_NEEDS_LOGIN "config.url_needs_login" "config/url-needs-login" 460 Fatal
        "The address of the file answers with a login instead of the file."
        "Give the document server an address that works without a session: exempt the route from the login and check the server's token or a one-time parameter instead."
        "Error -4, or -82 or -85 after the conversion.";
    MIXED_CONTENT "config.mixed_content" "config/mixed-content" 465 Fatal
        "A page served by https uses an address that begins with http."
        "Use https throughout, and let the proxy in front of the document server set X-Forwarded-Proto."
        "The browser blocks the request: endless loading, or error -4.";
    CONFIG_MISPLACED "config.misplaced_field" "config/misplaced-field" 470 Silent
        "A member of the config is in the wrong place, where nothing reads it."
        "Move it to the place named here."
        "The member has no effect.";
    VALUE_REPLACED "config.value_replaced" "config/value-replaced" 475 Silent
        "The page has another value than the token, and the token's is used."
        "Change the value in the back end before the config is signed."
        "The signed value is used, silently.";
    MODE_LOWERED "config.mode_lowered" "config/mode-lowered" 480 Silent
        "The page asks for viewing although editing was signed, so the document opens for viewing."
        "Leave the mode as it was signed if the document is to be edited."
        "The document opens for viewing.";
    KEY_RANDOM "config.key_random" "config/key-random" 485 Silent
        "The config has no document key, so the browser makes a random one."
        "Set document.key in the back end: the same for all who open this version of the file, and a new one after each save."
        "The token's key is used; without tokens, users never share a session.";
    USER_UNSIGNED "config.user_unsigned" "config/user-unsigned" 490 Risk
        "The user is not signed, so anyone can claim to be anyone."
        "Sign editorConfig.user with id and name."
        "The browser's claim is believed; Recto makes the user an anonymous guest.";
    URL_PRIVATE "config.url_private" "config/url-private" 495 Risk
        "The address is a private one, which document servers fetch only if a token signed it."
        "Keep tokens switched on, or set ALLOW_PRIVATE_IP_ADDRESS on an ONLYOFFICE server."
        "Error -4 when tokens are off (\"It is private IP address\").";
    KEY_CONSTANT "config.key_constant" "config/key-constant" 500 Risk
        "The document key does not depend on the content of the file."
        "Make the key from the file's id and its version or time of change, so that it changes with each save and only then."
        "An old version or another file is shown; error -102 after a save.";
    URL_DOUBLE_SLASH "config.url_double_slash" "config/url-double-slash" 505 Risk
        "The path of the address has two slashes in a row, as when a base address ends with one."
        "Join the parts of the address with one slash."
        "404 from many servers, error -4 or -101.";
    UNKNOWN_FIELD "config.unknown_field" "config/unknown-field" 510 Risk
        "The config has a member that the Docs API does not know."
        "Correct its name, or remove it."
        "The member has no effect.";
}
