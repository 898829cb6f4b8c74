package io.sightline.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyProbeTest {
    @Test
    void aQuantileIsTheSmallestValueThatSoManyDoNotExceed() {
        double[] hundred = new double[100];
        for (int i = 0; i < hundred.length; i++) {
            hundred[i] = i + 1;
        }
        assertThat(LatencyProbe.quantile(hundred, 0.5)).hasValue(50);
        assertThat(LatencyProbe.quantile(hundred, 0.99)).hasValue(99);
        assertThat(LatencyProbe.quantile(hundred, 1)).hasValue(100);
        assertThat(LatencyProbe.quantile(new double[] {7}, 0.01)).hasValue(7);
        assertThat(LatencyProbe.quantile(new double[0], 0.5)).isEmpty();
    }
}
