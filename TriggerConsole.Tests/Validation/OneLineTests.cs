using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Validation;

/// <summary>Nobody's text makes two lines of one: neither in names nor in the log.</summary>
public sealed class OneLineTests
{
    private const string Mark = "FORGED";
    private const string Forged = $"x\r\ninfo: TriggerConsole[0] {Mark} \u001b[31m";

    [Theory]
    [InlineData("Orders – Köln 漢字 👨‍👩‍👧 مرحبا", true)]
    [InlineData("", true)]
    [InlineData("a\nb", false)]
    [InlineData("a\rb", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\u001b[2Jb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u2029b", false)]
    [InlineData("a\u202eb", false)]
    [InlineData("a\u2066b", false)]
    public void Is_AnyText_TellsWhatBreaksALine(string text, bool expected) => Assert.Equal(expected, OneLine.Is(text));

    [Fact]
    public async Task NamesAndLog_TextsMadeToLookLikeLines_AreRefusedOrOneLine()
    {
        var log = new Captured();
        await using var app = await TestApp.StartAsync(new() { ["Logging:LogLevel:Default"] = "Debug", ["Logging:LogLevel:TriggerConsole"] = "Trace" }, services: services => services.AddSingleton<ILoggerProvider>(log));
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x?status=500", new { name = "Target", settings = new { method = "POST", url = $"{app.Address}echo/x?status=500", headers = new[] { new { name = "X-Type", value = "{payload.type}" } } }, retry = new { maxAttempts = 1 } });

        foreach (var (path, body) in new (string, object)[]
        {
            ("/api/callbacks", new { name = Forged }),
            ("/api/triggers", new { name = Forged, kind = "Http", settings = new { method = "POST", url = $"{app.Address}echo/x" } }),
            ("/api/schedules", new { name = Forged, kind = "Cron", cron = "0 3 * * *", callbackId = callback.Id }),
            ("/api/mqtt/brokers", new { name = Forged, url = "mqtt://127.0.0.1:1" }),
            ("/api/amqp/brokers", new { name = Forged, url = "amqp://127.0.0.1:1" }),
            ("/api/keys", new { name = Forged }),
            ("/api/secrets", new { name = Forged, value = "x" }),
        })
        {
            var (status, answer) = await app.TryAsync(HttpMethod.Post, path, JsonContent.Create(body));
            Assert.True(status is 400 or 404 or 405, $"{path}: {status} {answer}");
            if (status == 400) Assert.True(answer.GetProperty("errors").TryGetProperty("name", out _), $"{path}: {answer}");
        }

        using var fired = await app.FireAsync(callback, JsonContent.Create(new { type = Forged }), r =>
        {
            r.Headers.TryAddWithoutValidation("Idempotency-Key", Mark);
            r.Headers.TryAddWithoutValidation("User-Agent", $"{Mark} 1.0");
        });
        Assert.Equal(202, (int)fired.StatusCode);
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, "/api/executions?status=DeadLettered")).GetProperty("items").GetArrayLength() == 1, "the execution to be dead");
        foreach (var path in new[] { $"/api/trigger/custom/%0d%0a{Mark}%1b%5b31m", $"/api/trigger/%0d%0a{Mark}", $"/api/trigger/{callback.Id}?token=%0d%0a{Mark}" })
            using (await app.Anonymous.PostAsync(path, new StringContent(Forged, Encoding.UTF8, "text/plain"))) { }
        using (await app.Client.GetAsync($"/api/executions?q=%0d%0a{Mark}")) { }
        using (await app.Anonymous.PostAsync("/api/auth/token", JsonContent.Create(new { email = Forged, password = Forged }))) { }

        Assert.NotEmpty(log.Messages);
        Assert.DoesNotContain(log.Messages, m => m.Contains(Mark, StringComparison.Ordinal) && !OneLine.Is(m));
    }

    /// <summary>Every line of ours that is logged.</summary>
    private sealed class Captured : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Messages.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
