#!/bin/sh
# Renews the Okta Sign-In Widget in auth/widget/dist: scripts/widget.sh 7.49.0
#
# Takes from the npm package what the page needs, keeps text compressed (gzip and brotli, and nothing
# else of it: the original is what gzip holds), and writes down what each file must be. npm checks the
# package against its registry. Needs npm and node.
set -eu
version=${1:?which version? Such as: make widget VERSION=7.49.0}
cd "$(dirname "$0")/.."
target=$PWD/auth/widget/dist

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "@okta/okta-signin-widget@$version" >/dev/null && tar xzf ./*.tgz)

rm -rf "$target"
node - "$work/package" "$target" "$version" <<'JS'
const fs = require("fs"), path = require("path"), zlib = require("zlib"), crypto = require("crypto");
const [source, target, version] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(source, name));
const sums = [];
const note = (name, content) => sums.push(`${crypto.createHash("sha256").update(content).digest("hex")}  ${name}`);
const write = (name, content) => {
  fs.mkdirSync(path.dirname(path.join(target, name)), { recursive: true });
  fs.writeFileSync(path.join(target, name), content);
  note(name, content);
};

const script = read("dist/js/okta-sign-in.min.js"), style = read("dist/css/okta-sign-in.min.css");
const mentions = script.toString() + style.toString();
const pictures = fs.readdirSync(path.join(source, "dist/img"), { recursive: true })
  .filter((name) => /\.(png|svg|gif)$/.test(name) && mentions.includes(path.basename(name))).map((name) => "img/" + name);
const languages = ["de", "es", "fr", "ja", "pt_BR"].flatMap((l) => [`labels/json/login_${l}.json`, `labels/json/country_${l}.json`]);
const fonts = [...[400, 500, 600, 700].map((w) => `font/inter-latin-${w}-normal.woff2`), "font/okticon.woff"];

for (const name of ["js/okta-sign-in.min.js", "css/okta-sign-in.min.css", ...languages, ...fonts, ...pictures].sort()) {
  const content = read("dist/" + name);
  if (!/\.(js|css|json|svg)$/.test(name)) {
    write(name, content);
    continue;
  }
  note(name, content); // the original, for whoever compares it with the package
  write(name + ".gz", zlib.gzipSync(content, { level: 9 }));
  write(name + ".br", zlib.brotliCompressSync(content, { params: {
    [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  } }));
}
for (const name of ["LICENSE", "THIRD-PARTY-NOTICES"]) write(name, read(name));
write("VERSION", version + "\n");
fs.writeFileSync(path.join(target, "SHA256SUMS"), sums.join("\n") + "\n");
JS
echo "auth/widget/dist holds version $version: $(du -sk "$target" | cut -f1) KB. Run: go test ./auth/... ./e2e/..."
