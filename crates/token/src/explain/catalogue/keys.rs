//! Codes about the keys in a server's settings.

use super::entries;

entries! { KEYS:
    KEY_UNREADABLE "key.unreadable" "keys/unreadable" 77 Fatal
        "The public key cannot be read, or is in another form than \"BEGIN PUBLIC KEY\"."
        "Give a PEM file that begins with \"-----BEGIN PUBLIC KEY-----\", or a JWKS."
        "–";
    KEY_PRIVATE "key.private" "keys/private" 78 Fatal
        "The file holds a private key, and this server must never have it."
        "Give the public key alone (\"openssl pkey -in private.pem -pubout\" writes it), and treat the private one as no longer secret."
        "–";
    KEY_UNSUPPORTED "key.unsupported" "keys/unsupported" 79 Fatal
        "The server cannot verify tokens with this kind of key."
        "Use RSA of 2048 bits or more, P-256 or Ed25519, or a shared secret."
        "–";
    KEY_WEAK "key.weak" "keys/weak" 80 Fatal
        "The RSA key can be broken, or is too large to be of use."
        "Make one with \"openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072\"."
        "–";
    KEY_ID "key.id" "keys/id" 81 Fatal
        "The id of a key is empty, too long, or used by another key too."
        "Give each key a short id of its own, such as the date on which it was made."
        "–";
    KEY_COUNT "key.count" "keys/count" 82 Fatal
        "Too many keys are in use for one purpose, or none."
        "Leave out the keys whose tokens have all expired; at most eight are allowed."
        "–";
    KEY_NO_SECRET "key.no_secret" "keys/no-secret" 83 Fatal
        "Nothing can be signed, because all keys are public ones."
        "Add a secret; \"openssl rand -hex 32\" makes one."
        "–";
}
