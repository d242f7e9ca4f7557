"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.isSigned = isSigned;
const crypto_1 = require("crypto");
const TOLERANCE_SECONDS = 300;
/** Whether the body was signed with this secret within five minutes of now (seconds since 1970). */
function isSigned(secret, headers, body, now) {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
    if (!id || !timestamp || !signatures)
        return false;
    if (!(Math.abs(now - Number(timestamp)) <= TOLERANCE_SECONDS))
        return false;
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = (0, crypto_1.createHmac)('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    return signatures.split(' ').some((signature) => {
        const [version, given] = signature.split(',');
        return version === 'v1' && isSame(Buffer.from(given ?? '', 'base64'), expected);
    });
}
function isSame(given, expected) {
    return given.length === expected.length && (0, crypto_1.timingSafeEqual)(given, expected);
}
