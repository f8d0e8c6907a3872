/** Members, their tags, which of them a job picks, and the fence of a leader's term. */
package io.dkron.core.cluster;
