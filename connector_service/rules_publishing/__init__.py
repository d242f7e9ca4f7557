"""Put versions of rule files in force: checked before, approved by a second person, tried in shadow or on a share of
all orders, taken back by a rollback, and picked up by running connectors."""
