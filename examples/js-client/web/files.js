// The registries of the specification within the page, for whoever reads them as files.

import constants from '../../../spec/registries/constants.json' with { type: 'json' };
import documents from '../../../spec/registries/documents.json' with { type: 'json' };
import kinds from '../../../spec/registries/kinds.json' with { type: 'json' };
import names from '../../../spec/registries/names.json' with { type: 'json' };
import relations from '../../../spec/registries/relations.json' with { type: 'json' };
import rules from '../../../spec/registries/rules.json' with { type: 'json' };

/** @type {{[name: string]: object}} */
const REGISTRIES = { constants, documents, kinds, names, relations, rules };

/** @param {URL} url of a registry, wherever the page itself is @returns {string} */
export function readFileSync({ pathname }) {
  const name = pathname.slice(pathname.lastIndexOf('/') + 1).replace(/\.json$/, '');
  if (!(name in REGISTRIES)) throw new Error(`no registry: ${name}`);
  return JSON.stringify(REGISTRIES[name]);
}
