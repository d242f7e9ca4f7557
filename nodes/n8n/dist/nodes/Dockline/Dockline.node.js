"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Dockline = void 0;
// Made by `python -m nodes.n8n_package --write` from the declared nodes; edits are overwritten.
const n8n_workflow_1 = require("n8n-workflow");
const operation_1 = require("../runtime/operation");
const batch_generated_1 = require("./resources/batch.generated");
const document_generated_1 = require("./resources/document.generated");
const event_generated_1 = require("./resources/event.generated");
const exception_generated_1 = require("./resources/exception.generated");
const manifest_generated_1 = require("./resources/manifest.generated");
const notification_generated_1 = require("./resources/notification.generated");
const order_generated_1 = require("./resources/order.generated");
const pickup_generated_1 = require("./resources/pickup.generated");
const rule_generated_1 = require("./resources/rule.generated");
const shipment_generated_1 = require("./resources/shipment.generated");
const properties = [
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
/** Every operation of the connector. All incoming items go out in one call, or in a few of 500. */
class Dockline {
    description = {
        displayName: 'Dockline',
        name: 'dockline',
        icon: { light: 'file:../../icons/dockline.svg', dark: 'file:../../icons/dockline.dark.svg' },
        group: ['transform'],
        version: 1,
        subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"].replaceAll("_", " ") }}',
        description: 'Take orders from received to delivered: validate, allocate, release, ship, and handle exceptions',
        defaults: { name: 'Dockline' },
        usableAsTool: true,
        inputs: [n8n_workflow_1.NodeConnectionTypes.Main],
        outputs: [n8n_workflow_1.NodeConnectionTypes.Main, n8n_workflow_1.NodeConnectionTypes.Main],
        outputNames: ['Done', 'Exception'],
        credentials: [{ name: 'docklineApi', required: true }],
        properties: properties,
    };
    async execute() {
        return await (0, operation_1.runOperation)(this, properties);
    }
}
exports.Dockline = Dockline;
