package io.sightline.gateway.http;

import java.io.IOException;

/** What answers one path. */
interface Endpoint {
    /**
     * Answers, or has the answer come later.
     *
     * @throws HttpProblem if the request cannot be answered as asked
     * @throws io.sightline.gateway.StatementException if its statement cannot
     */
    void serve(Exchange exchange) throws IOException;
}
