package io.dkron.ejb.service;

import java.util.List;

/**
 * Part of a list of jobs.
 *
 * @param total how many the whole list has
 */
public record JobPage(int total, List<CatalogJob> jobs) {
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
