/**
 * PostgreSQL: one table of keys and values, by Hibernate ORM; Flyway keeps its schema. Knows keys and bytes; no job, no
 * election, no container.
 */
package io.dkron.connectors.postgres;
