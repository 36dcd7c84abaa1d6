using System.Text;
using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers;
using TriggerConsole.Core.Events;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers;

public sealed class SampleStateTests
{
    private readonly SampleState _sample = new();

    [Fact]
    public void New_IsTheBuiltInSample()
    {
        Assert.False(_sample.IsOwn);
        Assert.Equal(42, _sample.Payload!.Value.GetProperty("order").GetProperty("id").GetInt32());
    }

    [Fact]
    public void SetText_NoJson_SaysWhereAndKeepsTheLast()
    {
        _sample.SetText("{\"a\":1}");
        _sample.SetText("{\"a\":\n oops}");
        Assert.Equal(2, _sample.Error!.Line);
        Assert.Equal(1, _sample.Payload!.Value.GetProperty("a").GetInt32());
        _sample.SetText("[1]");
        Assert.Null(_sample.Error);
        Assert.True(_sample.IsOwn);
    }

    [Fact]
    public void Use_StoredEvent_IsUsedAsItIs()
    {
        var details = Event("name=Ana", "application/x-www-form-urlencoded", "?page=2", [new("X-Shop", "7")]);
        _sample.Use(details);
        Assert.Equal(details.Event.Id, _sample.EventId);
        Assert.Null(_sample.Payload);
        Assert.Equal("Ana", _sample.Value.GetProperty("name").GetString());
        Assert.Equal("X-Shop", Assert.Single(_sample.Headers).Key);
        Assert.Equal("2", Assert.Single(_sample.Query).Value);

        _sample.SetText("{}");
        Assert.Null(_sample.EventId);
        Assert.Empty(_sample.Headers);
    }

    [Fact]
    public void Use_BinaryEvent_HasNoValuesAndNoText()
    {
        _sample.Use(new(Event("", "image/png", "", []).Event, [], [0xFF, 0x00], []));
        Assert.Equal(JsonValueKind.Undefined, _sample.Value.ValueKind);
        Assert.Equal("", _sample.Text);
    }

    private static EventDetails Event(string body, string contentType, string query, IReadOnlyList<KeyValuePair<string, string>> headers) => new(
        new()
        {
            Id = Guid.NewGuid(),
            Origin = EventOrigin.Callback,
            ReceivedAt = DateTimeOffset.UnixEpoch,
            Method = "POST",
            Path = "/",
            QueryString = query,
            ContentType = contentType,
            BodySize = body.Length,
            Verdicts = [],
        }, headers, Encoding.UTF8.GetBytes(body), []);
}
