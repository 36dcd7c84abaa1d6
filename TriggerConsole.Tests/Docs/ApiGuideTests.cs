using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Docs;

/// <summary>docs/api.md names every route, and its lines do what they say.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed partial class ApiGuideTests(RabbitMqServer rabbit, ITestOutputHelper output)
{
    private const string OpenApiDocument = "GET /openapi/v1.json";

    private static readonly MarkdownFile s_guide = MarkdownFile.Read("docs", "api.md");

    // Not in the OpenAPI document: for machines that watch, and the document itself
    private static readonly string[] s_besides = ["GET /health/live", "GET /health/ready", "GET /metrics", OpenApiDocument];

    [Fact]
    public async Task Guide_BesideTheOpenApiDocument_NamesTheSameRoutes()
    {
        await using var app = await TestApp.StartAsync();
        var documented = await RoutesAsync(app);

        var named = NamedRoute().Matches(s_guide.Prose).Select(match => match.Groups["route"].Value).ToHashSet();

        Assert.Empty(documented.Concat(s_besides).Except(named));
        Assert.Empty(named.Except(documented).Except(s_besides));
    }

    [Fact]
    public async Task Guide_RunFromTopToBottom_WorksAndCallsEveryRoute()
    {
        var bash = Needs.Find("bash");
        Needs.Program(bash, "bash", "bash");
        Needs.Program(Needs.Find("curl"), "curl", "curl");
        Needs.Program(Needs.Find("jq"), "jq", "jq");
        var calls = new RouteLog();
        await using var broker = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync(services: services => services.AddSingleton<IStartupFilter>(calls));

        var run = await ShellRun.StartAsync(bash!, Script(), new() { ["BASE"] = app.Address.ToString().TrimEnd('/'), ["KEY"] = TestApp.ApiKey, ["EMAIL"] = TestApp.Email, ["PASSWORD"] = TestApp.Password, ["MQTT"] = $"mqtt://127.0.0.1:{broker.Port}", ["AMQP"] = $"amqp://guest:guest@127.0.0.1:{await rabbit.AmqpPortAsync()}" });

        output.WriteLine(run.Output);
        Assert.True(run.ExitCode == 0, $"docs/api.md ended with {run.ExitCode}:\n{run.Output}");
        var called = calls.Succeeded.Select(route => route == "GET /openapi/{documentName}.json" ? OpenApiDocument : route);
        Assert.Empty((await RoutesAsync(app)).Concat(s_besides).Except(called));
        Assert.Equal(0, (await app.SendAsync(HttpMethod.Get, "/api/callbacks")).GetProperty("total").GetInt32());
        foreach (var path in (string[])["/api/mqtt/brokers", "/api/amqp/brokers", "/api/amqp/exchanges"]) Assert.Equal(0, (await app.SendAsync(HttpMethod.Get, path)).GetProperty("total").GetInt32());
    }

    [Fact]
    public void Guide_JsonAnswers_AreJson()
    {
        var answers = s_guide.Fences.Where(f => f.Info == "json").ToList();

        Assert.NotEmpty(answers);
        Assert.All(answers, answer => System.Text.Json.JsonDocument.Parse(answer.Code).Dispose());
    }

    // In "bash" each curl must succeed, in "bash error" each must show an error
    private static string Script()
    {
        var script = new List<string> { "set -euo pipefail" };
        foreach (var fence in s_guide.Fences)
        {
            if (fence.Info is not ("bash" or "bash error")) continue;
            script.Add(fence.Info == "bash"
                ? "curl() { command curl --fail-with-body --show-error --max-time 30 \"$@\"; }"
                : "curl() { if command curl --fail-with-body --max-time 30 \"$@\"; then echo 'This should have been an error.' >&2; return 1; fi; }");
            script.Add($"echo '### line {fence.LineNumber}'");
            script.Add(fence.Code);
        }
        return string.Join('\n', script);
    }

    private static async Task<List<string>> RoutesAsync(TestApp app)
    {
        var document = await app.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        return [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))];
    }

    [GeneratedRegex("`(?<route>(GET|POST|PUT|PATCH|DELETE) /[^`?]*)`")]
    private static partial Regex NamedRoute();
}
