/**
 * DynamoDB: the table of Dkron 1.x, and a second one that holds its keys in order. Knows keys and bytes; no job, no
 * election, no container.
 */
package io.dkron.connectors.dynamodb;
