// All third-party code the browser runs, by name; `make vendor` builds age.js from this file.
export { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
export { ed25519, x25519 } from "@noble/curves/ed25519.js";
export { sha256 } from "@noble/hashes/sha2.js";
export { expand, extract, hkdf } from "@noble/hashes/hkdf.js";
export { pbkdf2 } from "@noble/hashes/pbkdf2.js";
export { chacha20poly1305 } from "@noble/ciphers/chacha.js";
export { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
export { wordlist as english } from "@scure/bip39/wordlists/english.js";
export { wordlist as french } from "@scure/bip39/wordlists/french.js";
export { base64urlnopad, bech32 } from "@scure/base";
