// How a command begins and ends. One that cannot do what was asked says why in a sentence and ends with 2; nothing it opened outlives it.
import './nodeVersion.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/** What a command cannot do, as a sentence: what, where, the value, what to do next. */
export class Refusal extends Error {}

const opened = [];

/**
 * Notes how something is closed that must be before the process ends, whatever happens: a process that ends beside a GPU at work is taken down
 * by its driver, and then the exit code is the driver's. What was opened last is closed first.
 * @param {() => unknown} close
 */
export function closeAtEnd(close) {
  opened.push(close);
}

/** Closes what was opened; `runCommand` does, and tests that open a runtime themselves. */
export async function closeAll() {
  for (const close of opened.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      console.error(error.message.split('\n')[0]); // The others are still to be closed.
    }
  }
}

/**
 * Runs a command to its end and ends the process: with what `run` returns, 0 where that is nothing, 2 where it throws.
 * @param {string} name as in `npm run NAME`
 * @param {() => Promise<number | void> | number | void} run
 */
export async function runCommand(name, run) {
  let code = 0;
  try {
    code = (await run()) ?? 0;
  } catch (error) {
    console.error(`${name}: ${error.message.split('\n')[0]}`);
    if (process.env.TRACE) console.error(error.stack);
    code = 2;
  }
  await closeAll();
  process.exit(code);
}

/**
 * Options and positionals of the command line, see `parseArgs`.
 * @throws Refusal for an option that is not there, with those that are
 */
export function readArguments(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    const names = Object.entries(config.options).map(([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`);
    throw new Refusal(`${error.message.split('. ')[0].replace(/\.$/, '')}; the options are ${names.join(', ')}`);
  }
}

/** @throws Refusal when `value` is none of `choices`; one that was left out is none to check */
export function refuseUnlessOneOf(what, value, choices) {
  if (value !== undefined && !choices.includes(value)) throw new Refusal(`unknown ${what} ${value}; choose ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
}

/** A file of JSON that a command is given. @param {string} example what should be in it. @throws Refusal */
export function readJson(file, example) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code}); check the path`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${file} is not JSON (${error.message}); write ${example}`);
  }
}

/** Writes what a command made. @throws Refusal */
export function writeJson(file, value) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw new Refusal(`${file} could not be written (${error.code}); choose another place`);
  }
}

/** Writes files, which are made while they are written, below a folder. */
export async function writeFolder(folder, files) {
  for (const { path, pieces } of files) {
    const file = join(folder, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      await writeFile(file, pieces());
    } catch (error) {
      if (error.code === undefined) throw error;
      throw new Refusal(`${file} could not be written (${error.code}); choose another place`);
    }
  }
}

/** The GiB that `--budget` lets a command take of the device; undefined where it is not given. @throws Refusal */
export function readBudget(text) {
  if (text !== undefined && !/^\d*\.?\d+$/.test(text)) throw new Refusal(`--budget ${text} is no number of GiB; write one, as in --budget 4`);
  return text === undefined ? undefined : Number(text);
}
