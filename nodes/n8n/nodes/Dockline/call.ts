import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

const WAIT_MS = 120_000;
const MAY_PASS = [408, 425, 429];

/** Why an item was not carried out, and whether the same call can succeed later. */
export interface Problem {
	title: string;
	detail: string;
	pointer: string | null;
	retryable: boolean;
	status: number | null;
}

/** What became of one item; the connector answers one per item, in the same order. */
export type Result =
	| { status: 'done'; output: IDataObject }
	| { status: 'exception'; output: IDataObject | null; exception: IDataObject }
	| { status: 'failed'; error: Problem };

/** Calls one operation for several items. A request that fails as a whole fails each of its items. */
export async function callOperation(context: IExecuteFunctions, operation: string, items: IDataObject[]): Promise<Result[]> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>('docklineApi');
	let answer: { statusCode: number; body: unknown };
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
	} catch (error) {
		return allFailed(items, unreachable(baseUrl, error as Error));
	}
	const results = (answer.body as { results?: Result[] } | undefined)?.results;
	if (answer.statusCode === 200 && results?.length === items.length) return results;
	return allFailed(items, refusal(answer.statusCode, answer.body));
}

function allFailed(items: IDataObject[], error: Problem): Result[] {
	return items.map(() => ({ status: 'failed', error }));
}

function unreachable(baseUrl: string, error: Error): Problem {
	const detail = `No answer from ${baseUrl}: ${error.message}`;
	return { title: 'The Dockline connector did not answer', detail, pointer: null, retryable: true, status: null };
}

/** A whole request was refused: the connector says why as problem JSON, a proxy in between may say anything. */
function refusal(status: number, body: unknown): Problem {
	const said = (typeof body === 'object' && body !== null ? body : {}) as { title?: string; detail?: string };
	return {
		title: said.title ?? `The Dockline connector answered with HTTP ${status} and no results`,
		detail: said.detail ?? `It said: ${(typeof body === 'string' ? body : JSON.stringify(body) ?? '').slice(0, 300)}`,
		pointer: null,
		retryable: status >= 500 || MAY_PASS.includes(status),
		status,
	};
}
