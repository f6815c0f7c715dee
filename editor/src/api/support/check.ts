import { CONFIG, OWN_CONFIG, UNTYPED_CONFIG } from './config.js';
import { remark, type Support } from './entry.js';
import { EVENTS, UNTYPED_EVENTS } from './events.js';
import { nearest } from './nearest.js';

type Fields = Readonly<Record<string, unknown>>;

const OPTIONS: Fields & Readonly<Record<string, Support>> = {
  ...CONFIG,
  ...OWN_CONFIG,
  ...UNTYPED_CONFIG,
};
const ALL_EVENTS: Readonly<Record<string, Support>> = { ...EVENTS, ...UNTYPED_EVENTS };

/** One sentence or two for every option that is unknown, or known and without effect. */
export function remarksOnConfig(config: object): string[] {
  const remarks: string[] = [];
  look(config as Fields, '', remarks);
  return remarks;
}

/** The same for the names of the listeners in `config.events`. */
export function remarksOnEvents(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const support = own(ALL_EVENTS, name);
    if (support === undefined) return [unknown(`events.${name}`, name, Object.keys(ALL_EVENTS))];
    const said = remark(support);
    return said === null ? [] : [`events.${name} is never called. ${said}`];
  });
}

function look(fields: Fields, prefix: string, remarks: string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    // Templates write members that they have no value for.
    if (value === undefined || value === null) continue;
    const path = `${prefix}${name}`;
    if (path === 'events') continue;
    const support = own(OPTIONS, path);
    if (support === undefined) {
      remarks.push(unknownOption(path, name, prefix));
      continue;
    }
    const said = remark(support, value);
    if (said !== null) {
      remarks.push(
        support.is === 'missing' ? `${path} has no effect. ${said}` : `${path}: ${said}`,
      );
    }
    const inside = `${path}.`;
    const known = Object.keys(OPTIONS).some((one) => one.startsWith(inside));
    if (known && isFields(value)) look(value, inside, remarks);
  }
}

function unknownOption(path: string, name: string, prefix: string): string {
  const beside = namesIn(prefix);
  const close = nearest(name, beside);
  if (close !== null) return sentence(path, `${prefix}${close}`);
  // The right name in a wrong place.
  const elsewhere = Object.keys(OPTIONS).filter((one) => one.split('.').at(-1) === name);
  const [place] = elsewhere.sort((a, b) => a.length - b.length);
  if (place !== undefined) return sentence(path, place);
  return `${path} is not an option of the Docs API. Remove it.`;
}

function unknown(path: string, name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  return close === null
    ? `${path} is not an event of the Docs API. Remove it.`
    : sentence(path, `events.${close}`, 'event');
}

function sentence(path: string, meant: string, kind = 'option'): string {
  const article = kind === 'option' ? 'an option' : 'an event';
  return `${path} is not ${article} of the Docs API. Write ${meant} if that is what is meant.`;
}

function namesIn(prefix: string): string[] {
  return Object.keys(OPTIONS)
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((name) => !name.includes('.'));
}

function own(table: Readonly<Record<string, Support>>, name: string): Support | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
