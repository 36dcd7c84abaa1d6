using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Browser;

/// <summary>One Chromium for all tests that need a real browser; each visit gets a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string? Program { get; } = Needs.Find("chromium") ?? Needs.Find("chromium-browser") ?? Needs.Find("google-chrome");

    private static float LimitMs => (float)Eventually.Limit.TotalMilliseconds;

    public async Task InitializeAsync()
    {
        if (Program is null) return; // each test that wants it says so
        Assertions.SetDefaultExpectTimeout(LimitMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = s_arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>
    /// Lets a test visit the pages of a server. Afterwards fails it for everything that the browser complained of; when it fails,
    /// the message names a picture of what was to be seen.
    /// </summary>
    internal async Task VisitAsync(Uri server, Func<Visit, Task> test, BrowserNewContextOptions? options = null, [CallerMemberName] string name = "")
    {
        Needs.Program(Program, "Chromium", "chromium");
        await using var context = await _browser!.NewContextAsync(new(options ?? new())
        {
            BaseURL = server.ToString(),
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = options?.ViewportSize ?? new() { Width = 1280, Height = 860 },
        });
        context.SetDefaultTimeout(LimitMs);
        var visit = new Visit(server, await context.NewPageAsync());
        try
        {
            await test(visit);
            visit.Faults.AssertNone();
        }
        catch (Exception exception)
        {
            throw new VisitFailedException(await visit.DescribeAsync(name), exception);
        }
    }
}

/// <summary>A visit failed; says where the picture is.</summary>
public sealed class VisitFailedException(string message, Exception inner) : Exception(message, inner);

[CollectionDefinition(nameof(Chromium))]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
