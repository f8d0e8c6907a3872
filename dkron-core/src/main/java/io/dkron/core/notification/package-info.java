/** What is said of an execution, to be told until it is delivered or given up. Pure: how it is sent is others' affair. */
package io.dkron.core.notification;
