// The other implementation of SLIP-0039, to hold ours against it.
//
//   node slip39_peer.js combine "words of a share" "words of another" ...   prints the secret in hex
//   node slip39_peer.js split HEX THRESHOLD N                               prints N shares
const Slip39 = require("slip39");

const [, , what, ...rest] = process.argv;
if (what === "combine") {
  const secret = Slip39.recoverSecret(rest, "");
  console.log(Buffer.from(secret).toString("hex"));
} else {
  const [hex, threshold, n] = rest;
  const made = Slip39.fromArray(Array.from(Buffer.from(hex, "hex")), {
    passphrase: "",
    threshold: 1,
    groups: [[Number(threshold), Number(n), "all"]],
    extendableBackupFlag: 0,
  });
  for (let i = 0; i < Number(n); i++) {
    console.log(made.fromPath("r/0/" + i).mnemonics[0]);
  }
}
