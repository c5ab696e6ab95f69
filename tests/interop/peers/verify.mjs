// What two libraries that others wrote say of credentials. One question a line on standard input, as JSON:
//   {"credential": {...}, "web": {"https://learn.example.org/.well-known/did.json": {...}, ...}}
// and one answer a line on standard output, {"vc": {...}, "core": {...}}, each with `holds` and `why`.
// `web` is all of the web there is: nothing else is found, and nothing leaves this process.

import {createInterface} from 'node:readline';

let web = {};
globalThis.fetch = async asked => {
  const url = String(asked.url ?? asked);
  if (!Object.hasOwn(web, url)) return new Response('', {status: 404, statusText: 'not on this web'});
  return new Response(JSON.stringify(web[url]), {headers: {'content-type': 'application/json'}});
};
// The answers are on standard output, and nothing else.
console.log = console.error;

const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const vc = await import('@digitalbazaar/vc');
const {securityLoader} = await import('@digitalcredentials/security-document-loader');
const core = await import('@digitalcredentials/verifier-core');

const documentLoader = securityLoader().build();

// @digitalbazaar/vc: the signature, and every rule of the data model. It is not asked for the status.
async function byVc(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const checkStatus = async () => ({verified: true});
  const answer = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  return {holds: answer.verified, why: reasons(answer.error)};
}

function reasons(error) {
  if (!error) return [];
  return [error, ...(error.errors ?? [])].map(each => `${each.name}: ${each.message}`);
}

// @digitalcredentials/verifier-core, the learner wallet's own: also the status list, the dates and 1EdTech's schema.
async function byCore(credential) {
  const {log = [], errors = [], additionalInformation = []} =
    await core.verifyCredential({credential, knownDIDRegistries: []});
  // Whether a registry knows the issuer is not ours to say.
  const steps = log.filter(step => step.id !== 'registered_issuer');
  return {
    holds: errors.length === 0 && steps.length > 0 && steps.every(step => step.valid === true),
    why: [...errors.map(each => `${each.name}: ${each.message}`),
      ...steps.filter(step => step.error).map(step => `${step.error.name}: ${step.error.message}`)],
    steps: Object.fromEntries(steps.map(step => [step.id, step.valid === true])),
    schema: asks1EdTech(additionalInformation),
  };
}

function asks1EdTech(information) {
  const results = information.find(each => each.id === 'schema_check')?.results;
  return Array.isArray(results) ? results.every(each => each.result.valid) : null;
}

async function said(check, credential) {
  try {
    return await check(credential);
  } catch (error) {
    return {holds: false, why: reasons(error)};
  }
}

for await (const line of createInterface({input: process.stdin})) {
  const question = JSON.parse(line);
  web = question.web;
  // Each its own copy: they are free to change what they are given.
  const answer = {
    vc: await said(byVc, structuredClone(question.credential)),
    core: await said(byCore, structuredClone(question.credential)),
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
