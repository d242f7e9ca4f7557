import { createHmac, timingSafeEqual } from 'crypto';

const TOLERANCE_SECONDS = 300;

/** The headers of a delivery, as Standard Webhooks names them. */
export interface DeliveryHeaders {
	'webhook-id'?: string;
	'webhook-timestamp'?: string;
	'webhook-signature'?: string;
}

/** Whether the body was signed with this secret within five minutes of now (seconds since 1970). */
export function isSigned(secret: string, headers: DeliveryHeaders, body: Buffer, now: number): boolean {
	const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
	if (!id || !timestamp || !signatures) return false;
	if (!(Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
	return signatures.split(' ').some((signature) => {
		const [version, given] = signature.split(',');
		return version === 'v1' && isSame(Buffer.from(given ?? '', 'base64'), expected);
	});
}

function isSame(given: Buffer, expected: Buffer): boolean {
	return given.length === expected.length && timingSafeEqual(given, expected);
}
