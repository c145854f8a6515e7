// Imported first by every command, so that an old Node ends with a sentence and not with a stack trace. Syntax of Node 12 only.
const [major, minor] = process.versions.node.split('.').map(Number);

// The ranges that vite runs on.
if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22)) {
  console.error(`This project needs Node 20.19, 22.12 or newer; this is Node ${process.versions.node}. Install a current one from https://nodejs.org and run the command again.`);
  process.exit(2);
}
