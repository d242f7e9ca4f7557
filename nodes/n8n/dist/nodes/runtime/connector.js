"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ask = ask;
exports.refusal = refusal;
exports.errorOf = errorOf;
const n8n_workflow_1 = require("n8n-workflow");
const WAIT_MS = 120_000;
const MAY_PASS = [408, 425, 429];
/** Calls the connector of the node's credential; an answer with a status that is not expected is a problem. */
async function ask(context, method, path, expected, body) {
    const { baseUrl } = await context.getCredentials('docklineApi');
    let answer;
    try {
        answer = await context.helpers.httpRequestWithAuthentication.call(context, 'docklineApi', {
            method,
            url: `${baseUrl.replace(/\/+$/, '')}/v1/${path}`,
            json: true,
            timeout: WAIT_MS,
            returnFullResponse: true,
            ignoreHttpStatusErrors: true,
            ...(body && { body }),
        });
    }
    catch (error) {
        return { problem: unreachable(baseUrl, error) };
    }
    const { statusCode: status, body: said } = answer;
    return expected.includes(status) ? { status, body: said } : { problem: refusal(status, said) };
}
function unreachable(baseUrl, error) {
    const detail = `No answer from ${baseUrl}: ${error.message}`;
    return { title: 'The Dockline connector did not answer', detail, pointer: null, retryable: true, status: null };
}
/** Why an answer is no use: the connector says it as problem JSON, a proxy in between may say anything. */
function refusal(status, body) {
    const said = (typeof body === 'object' && body !== null ? body : {});
    return {
        title: said.title ?? `The Dockline connector answered with HTTP ${status} and nothing that can be used`,
        detail: said.detail ?? `It said: ${(typeof body === 'string' ? body : JSON.stringify(body) ?? '').slice(0, 300)}`,
        pointer: null,
        retryable: status >= 500 || MAY_PASS.includes(status),
        status,
    };
}
/** What n8n shows of a problem, and of the item that has it. */
function errorOf(context, problem, description, itemIndex) {
    return new n8n_workflow_1.NodeApiError(context.getNode(), { ...problem }, {
        message: problem.title,
        description,
        itemIndex,
        ...(problem.status && { httpCode: String(problem.status) }),
        ...(problem.retryable && { failure: { cause: 'temporarily-unavailable' } }),
    });
}
