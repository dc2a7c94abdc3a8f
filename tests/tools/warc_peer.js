// Another reader of WARC files, to hold ours against it: one line for each record, its type and
// address; the bodies of answers are unpacked on the way.
//
//   node warc_peer.js FILE
const fs = require("fs");
const path = require("path");

async function main() {
  const folder = path.join(__dirname, "..", "..", "node_modules", "warcio", "dist", "index.js");
  const { WARCParser } = await import(folder);
  const parser = new WARCParser(fs.createReadStream(process.argv[2]));
  for await (const record of parser) {
    const body = await record.readFully(true);
    const n = body ? body.length : 0;
    console.log(record.warcType, record.warcTargetURI || "-", n);
  }
}

main().catch((fault) => {
  console.error(String(fault));
  process.exit(1);
});
