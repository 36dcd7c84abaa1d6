using TriggerConsole.Components.Pages.Executions;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class AttemptDiffTests
{
    private const string Request = """{"method":"POST","url":"https://crm.example/","headers":[["X-Try","NUMBER"],["Content-Type","application/json"]],"body":"{\"try\":NUMBER,\"id\":7}","bodySize":20}""";

    [Fact]
    public void Of_HeaderAndBodyDiffer_ShowsTheLinesOfEach()
    {
        var parts = AttemptDiff.Of(Views.Attempt(1, request: Request.Replace("NUMBER", "1", StringComparison.Ordinal)), Views.Attempt(2, request: Request.Replace("NUMBER", "2", StringComparison.Ordinal)));

        var request = parts.Single(p => p.Title == "Request");
        Assert.Equal(["X-Try: 1", "  \"try\": 1,"], request.Lines.Where(l => l.Change == LineChange.Removed).Select(l => l.Text));
        Assert.Equal(["X-Try: 2", "  \"try\": 2,"], request.Lines.Where(l => l.Change == LineChange.Added).Select(l => l.Text));
        Assert.True(parts.Single(p => p.Title == "Response").IsSame);
    }

    [Fact]
    public void Of_StatusDiffers_ShowsItInTheResponse()
    {
        const string response = """{"status":503,"reason":"Service Unavailable","headers":[],"timings":{"totalMs":3}}""";
        var parts = AttemptDiff.Of(Views.Attempt(1, response: response), Views.Attempt(2, succeeded: true, code: "http_200", response: response.Replace("503", "200", StringComparison.Ordinal).Replace("Service Unavailable", "OK", StringComparison.Ordinal)));

        Assert.Equal(["-503 Service Unavailable", "+200 OK"], parts[2].Lines.Select(l => (l.Change == LineChange.Removed ? "-" : "+") + l.Text));
        Assert.Contains(parts[0].Lines, l => l is { Change: LineChange.Added, Text: "Succeeded: HTTP 200" });
    }

    [Fact]
    public void Of_NoAnswer_SaysWhereItEnded()
        => Assert.Contains(AttemptDiff.Of(Views.Attempt(1, response: """{"status":null,"phase":"dns","timings":{"totalMs":3}}"""), Views.Attempt(2))[2].Lines,
            l => l is { Change: LineChange.Removed, Text: "No answer came: it ended while looking up the host name." });

    [Fact]
    public void Of_AnotherProtocol_ComparesItsJson()
        => Assert.Contains(AttemptDiff.Of(Views.Attempt(1, request: """{"topic":"a"}"""), Views.Attempt(2, request: """{"topic":"b"}"""))[1].Lines, l => l is { Change: LineChange.Added, Text: "  \"topic\": \"b\"" });

    [Fact]
    public void Of_MqttMessages_ComparesWhatPeopleRead()
    {
        const string request = """{"broker":"Workshop","url":"mqtt://h:1883","topic":"TOPIC","qos":1,"retain":false,"properties":{"userProperties":[{"name":"source","value":"shop"}]},"body":"{\"a\":1}","bodySize":7}""";
        var parts = AttemptDiff.Of(
            Views.Attempt(1, request: request.Replace("TOPIC", "a", StringComparison.Ordinal), response: """{"timings":{"totalMs":30}}"""),
            Views.Attempt(2, request: request.Replace("TOPIC", "b", StringComparison.Ordinal), response: """{"reasonCode":16,"reason":"0x10 accepted, but no one subscribes to this topic","packet":"PUBACK","timings":{"totalMs":3}}"""),
            TriggerKind.Mqtt);
        Assert.Equal(["Outcome", "Message", "Confirmation"], parts.Select(p => p.Title));
        Assert.Equal(["-PUBLISH a", "+PUBLISH b"], parts[1].Lines.Where(l => l.Change is LineChange.Added or LineChange.Removed).Select(l => (l.Change == LineChange.Removed ? "-" : "+") + l.Text));
        Assert.Contains(parts[2].Lines, l => l is { Change: LineChange.Removed, Text: "No confirmation came." });
        Assert.Contains(parts[2].Lines, l => l is { Change: LineChange.Added, Text: "0x10 accepted, but no one subscribes to this topic" });
    }
}
