using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Conformance;

/// <summary>What the executor of every kind must do; each kind plugs in a bench with its real counterpart.</summary>
public abstract class TriggerExecutorConformance : IAsyncLifetime
{
    /// <summary>Of a recorded request or answer, whatever was in it.</summary>
    private const int MostRecorded = 160 * 1024;

    // Without + and #, which no topic carries
    private const string Secret = "canary/Secret 1&2=\"ß\"";

    private ExecutorBench _bench = null!;

    private protected abstract Task<ExecutorBench> CreateAsync();

    public async Task InitializeAsync() => _bench = await CreateAsync();

    public async Task DisposeAsync()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Success_HasCodeTargetRequestAndResponse()
    {
        var outcome = await ExecuteAsync(_bench.Plain, Event("""{"id":7}"""));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.False(outcome.NothingSent);
        Assert.False(string.IsNullOrEmpty(outcome.Target));
        Assert.NotNull(outcome.Request);
        Assert.NotNull(outcome.Response);
        Assert.Null(outcome.Detail);
        Assert.Equal("""{"id":7}""", Encoding.UTF8.GetString(Assert.Single(await _bench.ArrivalsAsync(1)).Body));
    }

    [Fact]
    public async Task Preview_IsWhatIsThenSent_AndSendsNothing()
    {
        foreach (var settings in (TriggerSettings[])[_bench.Plain, _bench.Json("""{"id":"{payload.id}","at":"{timestamp}"}"""), _bench.Everywhere("x{payload.id}")])
        {
            var context = Event("""{"id":7}""");
            var arrived = (await _bench.ArrivalsAsync(0)).Count;

            var preview = _bench.Kind.Preview(_bench.Kind.Prepare(settings), context);
            var sentByIt = (await _bench.ArrivalsAsync(arrived)).Count - arrived;
            var outcome = await ExecuteAsync(settings, context);
            await _bench.ArrivalsAsync(arrived + 1);

            Assert.True(preview.Error is null && outcome.Succeeded, preview.Error ?? outcome.Detail);
            Assert.Equal(0, sentByIt);
            Assert.Equal(Comparable(outcome.Request!).ToJsonString(), Comparable(preview.Request!).ToJsonString());
        }
    }

    [Fact]
    public async Task ValueMissing_IsConfigurationAndSendsNothing()
    {
        var prepared = _bench.Kind.Prepare(_bench.NeedingAValue);

        var lacking = await ExecuteAsync(_bench.NeedingAValue, Event("""{"id":7}"""));
        var preview = _bench.Kind.Preview(prepared, Event("""{"id":7}"""));
        var given = await ExecuteAsync(_bench.NeedingAValue, Event("""{"needed":7}"""));

        Assert.Equal((FailureKind.Configuration, false), (lacking.Failure, lacking.NothingSent));
        Assert.Equal((null, lacking.Detail), (preview.Request, preview.Error));
        Assert.True(given.Succeeded, given.Detail);
        Assert.Single(await _bench.ArrivalsAsync(1));
    }

    [Fact]
    public async Task NamedSecret_IsSentAndNeverRecorded()
    {
        _bench.Secrets["S"] = Secret;
        var settings = _bench.Everywhere("a{secret:S}z");
        var template = _bench.Json("""{"s":"{secret:S}"}""");
        var outcomes = new List<AttemptOutcome>();

        foreach (var each in new[] { settings, template })
        {
            var preview = _bench.Kind.Preview(_bench.Kind.Prepare(each), Event("{}"));
            Assert.NotNull(preview.Request);
            AssertNoSecret(Encoding.UTF8.GetString(preview.Request));
            AssertNoSecret(_bench.Kind.Describe(each));
            outcomes.Add(await ExecuteAsync(each, Event("{}")));
            Assert.True(outcomes[^1].Succeeded, outcomes[^1].Detail);
        }
        var arrivals = await _bench.ArrivalsAsync(2);
        _bench.FallSilent();
        outcomes.Add(await ExecuteAsync(_bench.Limited(settings, 0.2), Event("{}")));

        Assert.Contains("ß", Encoding.UTF8.GetString(arrivals[1].Body), StringComparison.Ordinal); // it was in there
        Assert.Equal([null, null, FailureKind.Timeout], outcomes.Select(o => o.Failure));
        foreach (var outcome in outcomes) AssertNoSecret(EverythingIn(outcome));
    }

    [Fact]
    public async Task NamedSecret_TargetAway_IsNotRecordedEither()
    {
        _bench.Secrets["S"] = Secret;
        await _bench.GoAwayAsync();

        var outcome = await ExecuteAsync(_bench.Everywhere("a{secret:S}z"), Event("{}"));

        Assert.False(outcome.Succeeded);
        AssertNoSecret(EverythingIn(outcome));
    }

    [Fact]
    public async Task TargetAway_IsUnavailableInASentence()
    {
        await _bench.GoAwayAsync();

        var outcome = await ExecuteAsync(_bench.Plain, Event("{}"));

        Assert.Equal(FailureKind.Unavailable, outcome.Failure);
        // A kind that keeps its connections knows beforehand, and the execution waits
        Assert.Equal(_bench.Kind.Connections is not null, outcome.NothingSent);
        Assert.False(_bench.Kind.Connections?.IsConnected(_bench.Kind.Prepare(_bench.Plain).TargetKey) ?? false);
        Assert.NotNull(outcome.Request); // what would have been sent
        Assert.False(string.IsNullOrEmpty(outcome.Target));
    }

    [Fact]
    public async Task Silence_EndsWithTheLimit()
    {
        var limit = TimeSpan.FromSeconds(1);
        _bench.FallSilent();
        var watch = Stopwatch.StartNew();

        var outcome = await ExecuteAsync(_bench.Limited(_bench.Plain, limit.TotalSeconds), Event("{}"));

        Assert.InRange(watch.Elapsed, limit - TimeSpan.FromMilliseconds(50), limit + TimeSpan.FromSeconds(1));
        Assert.Equal(("timeout", FailureKind.Timeout, false), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.Contains("1 s", outcome.Detail, StringComparison.Ordinal);
        Assert.NotNull(outcome.Request);
    }

    [Fact]
    public async Task CallerStops_ThrowsThatAndNothingElse()
    {
        using var before = new CancellationTokenSource();
        using var during = new CancellationTokenSource();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ExecuteAsync(_bench.Plain, Event("{}"), before.Token));
        Assert.Empty(await _bench.ArrivalsAsync(0));
        _bench.FallSilent();

        var attempt = ExecuteAsync(_bench.Plain, Event("{}"), during.Token);
        await during.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }

    [Fact]
    public async Task Payload_OfEveryKind_ArrivesAsItCameOrIsRefusedByName()
    {
        (string Name, byte[] Body, string? ContentType)[] payloads =
        [
            ("nothing", [], null),
            ("nothing, said to be JSON", [], "application/json"),
            ("1 MB", Bytes(new string('x', 1 << 20)), "text/plain"),
            ("1 MB of JSON", Bytes($"{{\"a\":\"{new string('é', 500_000)}\"}}"), "application/json"),
            ("all bytes", [.. Enumerable.Range(0, 256).Select(i => (byte)i)], "application/octet-stream"),
            ("broken UTF-8", [0xFF, 0xFE, 0xC0, 0x80, (byte)'a'], "text/plain; charset=utf-8"),
            ("broken UTF-8, said to be JSON", [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'], "application/json"),
            ("NUL", Bytes("a\0b"), "text/plain"),
            ("NUL in JSON", Bytes("""{"a":"x\u0000y"}"""), "application/json"),
            ("half a character", Bytes("""{"a":"\ud800"}"""), "application/json"),
            ("JSON 64 deep", Bytes(new string('[', 64) + new string(']', 64)), "application/json"),
            ("JSON 100,000 deep", Bytes(new string('[', 100_000) + new string(']', 100_000)), "application/json"),
            ("a number beyond all", Bytes("""{"a":1e999999}"""), "application/json"),
            ("names twice", Bytes("""{"a":1,"a":2}"""), "application/json"),
            ("cut off", Bytes("""{"a":"""), "application/json"),
            ("with a byte order mark", [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], "application/json"),
            ("line breaks", Bytes("""{"a":"x\r\nX-Injected: 1"}"""), "application/json"),
            ("placeholders", Bytes("""{"a":"{secret:S} {payload.a}"}"""), "application/json"),
            ("an entity", Bytes("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"), "application/xml"),
            ("an odd content type", Bytes("x"), "text/plain; charset=\"nonsense"),
            ("a content type of two lines", Bytes("x"), "text/plain\r\nX-Injected: 1"),
            ("a content type of 1,000 characters", Bytes("x"), "text/" + new string('x', 1000)),
        ];
        var expected = 0;
        foreach (var (name, body, contentType) in payloads)
        {
            var asItCame = await ExecuteAsync(_bench.Plain, Event(body, contentType));
            Assert.True(asItCame.Succeeded, $"{name}: {asItCame.Code} {asItCame.Detail}");
            Assert.True((await _bench.ArrivalsAsync(++expected))[^1].Body.AsSpan().SequenceEqual(body), $"{name} did not arrive as it came.");

            foreach (var settings in new[] { _bench.Json("""{"all":"{original_payload}","a":"{payload.a}"}"""), _bench.Json("{original_payload}"), _bench.Everywhere("{payload.a}"), _bench.Everywhere("{original_payload}"), _bench.NeedingAValue })
            {
                var outcome = await ExecuteAsync(settings, Event(body, contentType));
                Assert.True(outcome.Succeeded || outcome.Failure == FailureKind.Configuration, $"{name}: {outcome.Code} {outcome.Detail}");
                Assert.NotEqual("internal", outcome.Code);
                if (outcome.Succeeded) expected++;
            }
            Assert.Equal(expected, (await _bench.ArrivalsAsync(expected)).Count);
        }
    }

    [Fact]
    public async Task Attempts_OfOneExecution_CarryTheSameMark()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        for (var attempt = 1; attempt <= 3; attempt++) await ExecuteAsync(_bench.Plain, Event("{}", execution: one, attempt: attempt));
        await ExecuteAsync(_bench.Plain, Event("{}", execution: other));

        var marks = (await _bench.ArrivalsAsync(4)).Select(a => a.Mark).ToList();

        Assert.Equal([one.ToString(), one.ToString(), one.ToString(), other.ToString()], marks);
    }

    [Fact]
    public async Task InParallel_EachArrivesOnce()
    {
        var executions = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid()).ToList();

        var outcomes = await Task.WhenAll(executions.Select(id => ExecuteAsync(_bench.Plain, Event("{}", execution: id))));

        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Detail));
        var marks = (await _bench.ArrivalsAsync(executions.Count)).Select(a => a.Mark).ToList();
        Assert.Equal(executions.Select(e => e.ToString()).Order(), marks.Order());
        if (_bench.Kind.KeepsOrder) Assert.Equal(executions.Select(e => e.ToString()), marks);
    }

    [Fact]
    public async Task Records_StaySmall_WhateverGoesThrough()
    {
        // Each of these characters becomes six in JSON
        var outcome = await ExecuteAsync(_bench.Plain, Event(Bytes(new string('\u0001', 1 << 20)), "text/plain"));
        var everywhere = await ExecuteAsync(_bench.Everywhere("{payload.a}"), Event($$"""{"a":"{{new string('x', 60)}}"}"""));

        Assert.True(outcome.Succeeded && everywhere.Succeeded, outcome.Detail ?? everywhere.Detail);
        Assert.InRange(outcome.Request!.Length, 16 * 1024, MostRecorded); // and the beginning is there
    }

    [Fact]
    public void Description_IsOneSentenceOfOneLine()
    {
        _bench.Secrets["S"] = Secret;
        foreach (var settings in new[] { _bench.Plain, _bench.NeedingAValue, _bench.Everywhere("{payload.a} {secret:S}"), _bench.Json("{original_payload}"), _bench.Everywhere(new string('x', 3000)) })
        {
            var description = _bench.Kind.Describe(settings);

            Assert.Matches("^[A-Z][^\r\n]{10,400}$", description);
            Assert.Equal(description, _bench.Kind.Prepare(settings).Description);
            AssertNoSecret(description);
        }
    }

    [Fact]
    public void Codes_AreAllDocumentedWhereTheyAreMade()
    {
        Assert.True(_bench.Codes.Constants.Count > 10);
        Assert.All(_bench.Codes.Constants, code => Assert.True(_bench.Codes.Has(code), $"{code} is not in the closed list."));
        Assert.False(_bench.Codes.Has("no_such_code"));
    }

    /// <summary>Makes an attempt and checks what holds for all of them.</summary>
    private async Task<AttemptOutcome> ExecuteAsync(TriggerSettings settings, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await _bench.Kind.ExecuteAsync(_bench.Kind.Prepare(settings), context, cancellationToken);
        Assert.True(_bench.Codes.Has(outcome.Code), $"{outcome.Code} is not in the closed list.");
        Assert.Equal(outcome.Succeeded, outcome.Failure is null);
        Assert.True(outcome.Succeeded || IsSentence(outcome.Detail), $"{outcome.Code}: {outcome.Detail}");
        Assert.False(outcome.NothingSent && (outcome.Failure != FailureKind.Unavailable || _bench.Kind.Connections is null));
        foreach (var record in new[] { outcome.Request, outcome.Response })
        {
            if (record is null) continue;
            Assert.InRange(record.Length, 2, MostRecorded);
            Assert.IsType<JsonObject>(JsonNode.Parse(record));
        }
        return outcome;
    }

    // It may begin with the name of a host
    private static bool IsSentence(string? detail) => detail is { Length: >= 20 and <= 1000 } && char.IsLetterOrDigit(detail[0]) && detail[^1] is '.' or ')' && !detail.AsSpan().ContainsAny('\r', '\n', '\0');

    private JsonObject Comparable(byte[] request)
    {
        var json = JsonNode.Parse(request)!.AsObject();
        foreach (var name in _bench.KnownWhenSent) json.Remove(name);
        return json;
    }

    private static void AssertNoSecret(string text)
    {
        foreach (var form in (IEnumerable<string>)[Secret, "canary", Uri.EscapeDataString(Secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))])
            Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
    }

    private static string EverythingIn(AttemptOutcome outcome)
        => string.Join('\n', outcome.Code, outcome.Detail, outcome.Target, Encoding.UTF8.GetString(outcome.Request ?? []), Encoding.UTF8.GetString(outcome.Response ?? []));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static AttemptContext Event(string json, Guid? execution = null, int attempt = 1) => Event(Bytes(json), "application/json", execution, attempt);

    private static AttemptContext Event(byte[] body, string? contentType, Guid? execution = null, int attempt = 1) => new()
    {
        ExecutionId = execution ?? Guid.NewGuid(),
        TriggerId = Guid.NewGuid(),
        Attempt = attempt,
        Now = Sample.Now,
        Event = new EventContent(new StoredEvent
        {
            Id = Guid.NewGuid(),
            Origin = EventOrigin.Callback,
            ReceivedAt = Sample.Now,
            Method = "POST",
            Path = "/hook",
            Headers = "[]"u8.ToArray(),
            ContentType = contentType,
            Body = body,
            Verdicts = "[]"u8.ToArray(),
        }),
    };
}
