"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.callOperation = callOperation;
const WAIT_MS = 120_000;
const MAY_PASS = [408, 425, 429];
/** Calls one operation for several items. A request that fails as a whole fails each of its items. */
async function callOperation(context, operation, items) {
    const { baseUrl } = await context.getCredentials('docklineApi');
    let answer;
    try {
        answer = await context.helpers.httpRequestWithAuthentication.call(context, 'docklineApi', {
            method: 'POST',
            url: `${baseUrl.replace(/\/+$/, '')}/v1/nodes/${operation}`,
            body: { items },
            json: true,
            timeout: WAIT_MS,
            returnFullResponse: true,
            ignoreHttpStatusErrors: true,
        });
    }
    catch (error) {
        return allFailed(items, unreachable(baseUrl, error));
    }
    const results = answer.body?.results;
    if (answer.statusCode === 200 && results?.length === items.length)
        return results;
    return allFailed(items, refusal(answer.statusCode, answer.body));
}
function allFailed(items, error) {
    return items.map(() => ({ status: 'failed', error }));
}
function unreachable(baseUrl, error) {
    const detail = `No answer from ${baseUrl}: ${error.message}`;
    return { title: 'The Dockline connector did not answer', detail, pointer: null, retryable: true, status: null };
}
/** A whole request was refused: the connector says why as problem JSON, a proxy in between may say anything. */
function refusal(status, body) {
    const said = (typeof body === 'object' && body !== null ? body : {});
    return {
        title: said.title ?? `The Dockline connector answered with HTTP ${status} and no results`,
        detail: said.detail ?? `It said: ${(typeof body === 'string' ? body : JSON.stringify(body) ?? '').slice(0, 300)}`,
        pointer: null,
        retryable: status >= 500 || MAY_PASS.includes(status),
        status,
    };
}
