/** Tells others of executions: mail, webhooks, Cronitor. What is told, and how often it is tried, the engine decides. */
package io.dkron.ejb.notify;
