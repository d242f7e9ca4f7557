"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.notificationProperties = void 0;
const inputs_1 = require("../../runtime/inputs");
exports.notificationProperties = [
    {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
            {
                name: 'Compose',
                value: 'compose',
                action: 'Compose the customer message',
                description: 'What the customer should hear of an event, once per occasion; send it with any n8n node',
            },
        ],
        displayOptions: { show: { resource: ['notification'] } },
        default: 'compose',
    },
    {
        displayName: 'Order ID',
        name: 'order_id',
        type: 'string',
        displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
        default: (0, inputs_1.fromItem)('order_id'),
        required: true,
        description: 'The order, as every Dockline item carries it',
    },
    {
        displayName: 'Version',
        name: 'version',
        type: 'number',
        displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
        default: (0, inputs_1.fromItem)('version'),
        description: 'The version you have seen; makes a repeat of this call safe',
    },
    {
        displayName: 'Event Type',
        name: 'event_type',
        type: 'string',
        displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
        default: (0, inputs_1.fromItem)('event_type'),
        required: true,
        description: 'The event the customer may hear of',
    },
    {
        displayName: 'Additional Fields',
        name: 'additionalFields',
        type: 'collection',
        displayOptions: { show: { resource: ['notification'], operation: ['compose'] } },
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
