"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.properties = void 0;
const batch_generated_1 = require("./batch.generated");
const document_generated_1 = require("./document.generated");
const event_generated_1 = require("./event.generated");
const exception_generated_1 = require("./exception.generated");
const manifest_generated_1 = require("./manifest.generated");
const notification_generated_1 = require("./notification.generated");
const order_generated_1 = require("./order.generated");
const pickup_generated_1 = require("./pickup.generated");
const rule_generated_1 = require("./rule.generated");
const shipment_generated_1 = require("./shipment.generated");
exports.properties = [
    {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
            { name: 'Batch', value: 'batch' },
            { name: 'Document', value: 'document' },
            { name: 'Event', value: 'event' },
            { name: 'Exception', value: 'exception' },
            { name: 'Manifest', value: 'manifest' },
            { name: 'Notification', value: 'notification' },
            { name: 'Order', value: 'order' },
            { name: 'Pickup', value: 'pickup' },
            { name: 'Rule', value: 'rule' },
            { name: 'Shipment', value: 'shipment' },
        ],
        default: 'order',
    },
    ...batch_generated_1.batchProperties,
    ...document_generated_1.documentProperties,
    ...event_generated_1.eventProperties,
    ...exception_generated_1.exceptionProperties,
    ...manifest_generated_1.manifestProperties,
    ...notification_generated_1.notificationProperties,
    ...order_generated_1.orderProperties,
    ...pickup_generated_1.pickupProperties,
    ...rule_generated_1.ruleProperties,
    ...shipment_generated_1.shipmentProperties,
];
