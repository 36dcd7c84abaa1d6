using System.Globalization;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Hosting;

/// <summary>What <c>/metrics</c> counts is what happened.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterEventsOfEachOutcome_CountThem()
    {
        await using var app = await TestApp.StartAsync();
        var echo = app.Address + "echo/x";
        var good = await app.CreateCallbackAsync(echo);
        var bad = await app.CreateCallbackAsync(echo + "?status=400");
        var before = await ReadAsync(app);

        for (var i = 0; i < 3; i++) await FireAsync(app, good.Id, good.Token);
        await FireAsync(app, bad.Id, bad.Token);
        await FireAsync(app, bad.Id, "wrong", expected: 401);
        await Eventually.TrueAsync(async () => Sum(await ReadAsync(app), before, "triggerconsole_attempts_total") == 4, "four attempts to be counted");

        var after = await ReadAsync(app);
        Assert.Equal(4, Sum(after, before, "triggerconsole_events_accepted_total"));
        Assert.Equal(1, Sum(after, before, "triggerconsole_events_refused_total"));
        Assert.Equal(3, Difference(after, before, """triggerconsole_attempts_total{kind="http",outcome="succeeded"}"""));
        Assert.Equal(1, Difference(after, before, """triggerconsole_attempts_total{kind="http",outcome="http_400"}"""));
        Assert.Equal(4, Difference(after, before, """triggerconsole_attempt_duration_seconds_count{kind="http"}"""));
        Assert.Equal(4, Difference(after, before, """triggerconsole_attempt_duration_seconds_bucket{kind="http",le="+Inf"}"""));
        Assert.True(Difference(after, before, """triggerconsole_attempt_duration_seconds_sum{kind="http"}""") > 0);
        Assert.All(["triggerconsole_executions_running", "triggerconsole_journal_fault", "triggerconsole_circuits_open"], name => Assert.Equal(0, after[name]));
    }

    private static async Task FireAsync(TestApp app, Guid callback, string token, int expected = 202)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback}") { Content = new StringContent("{}", null, "application/json") };
        request.Headers.Add("X-Callback-Token", token);
        using var response = await app.Anonymous.SendAsync(request);
        Assert.Equal(expected, (int)response.StatusCode);
    }

    private static async Task<Dictionary<string, double>> ReadAsync(TestApp app)
        => (await app.Client.GetStringAsync("/metrics")).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => (Space: line.LastIndexOf(' '), Line: line)).ToDictionary(l => l.Line[..l.Space], l => double.Parse(l.Line[(l.Space + 1)..], CultureInfo.InvariantCulture));

    private static double Difference(Dictionary<string, double> after, Dictionary<string, double> before, string series) => after.GetValueOrDefault(series) - before.GetValueOrDefault(series);

    private static double Sum(Dictionary<string, double> after, Dictionary<string, double> before, string name)
        => after.Keys.Where(k => k == name || k.StartsWith(name + "{", StringComparison.Ordinal)).Sum(k => Difference(after, before, k));
}
