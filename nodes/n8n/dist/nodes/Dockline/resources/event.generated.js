"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.eventProperties = void 0;
exports.eventProperties = [
    {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
            {
                name: 'Acknowledge',
                value: 'acknowledge',
                action: 'Acknowledge an event',
                description: 'Say that an event is dealt with, at the end of a flow that moves nothing on',
            },
        ],
        displayOptions: { show: { resource: ['event'] } },
        default: 'acknowledge',
    },
    {
        displayName: 'Additional Fields',
        name: 'additionalFields',
        type: 'collection',
        displayOptions: { show: { resource: ['event'], operation: ['acknowledge'] } },
        placeholder: 'Add Field',
        options: [
            {
                displayName: 'Delivery ID',
                name: 'delivery_id',
                type: 'string',
                default: '',
                description: 'The delivery of the trigger that this works on, so that the connector knows it is handled',
            },
            {
                displayName: 'Idempotency Key',
                name: 'idempotency_key',
                type: 'string',
                default: '',
                description: 'Same key and same content: the first answer again. Empty: made from the object and its version.',
            },
        ],
        default: {},
    },
];
