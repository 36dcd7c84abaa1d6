using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>Someone in front of the pages.</summary>
internal sealed class Visit(Uri server, IPage page)
{
    private const string Mark = "window.__notReloaded";

    public IPage Page { get; } = page;

    public PageFaults Faults { get; } = new(server, page);

    /// <summary>Path and query of the page that is shown.</summary>
    public string Path => new Uri(Page.Url).PathAndQuery;

    /// <summary>Opens a page and waits until it is connected to the server.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await ConnectedAsync();
    }

    /// <summary>Waits until the page is connected: before that it shows things and hears nothing.</summary>
    public Task ConnectedAsync() => Expect(Page.Locator("html[data-live]")).ToBeAttachedAsync();

    public async Task SignInAsync(string returnUrl = "/")
    {
        await Page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await Page.GetByLabel("E-mail").FillAsync(TestApp.Email);
        await Page.GetByLabel("Password").FillAsync(TestApp.Password);
        await Button("Sign in").ClickAsync();
        await ConnectedAsync();
    }

    /// <summary>Goes to a page by the navigation at the left.</summary>
    public async Task NavigateAsync(string name)
    {
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Expect(Heading(name)).ToBeVisibleAsync();
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 });

    public ILocator Tab(string name) => Page.GetByRole(AriaRole.Tab, new() { Name = name });

    /// <summary>From here on <see cref="IsReloadedAsync"/> knows whether the page was loaded again.</summary>
    public Task MarkAsync() => Page.EvaluateAsync($"{Mark} = true");

    public async Task<bool> IsReloadedAsync() => !await Page.EvaluateAsync<bool>($"{Mark} === true");

    /// <summary>Where the visitor was, what the browser complained of, and where the picture is.</summary>
    public async Task<string> DescribeAsync(string test)
    {
        var picture = System.IO.Path.Combine(Directory.CreateTempSubdirectory("tc-browser-").FullName, $"{string.Concat(test.Select(c => char.IsAsciiLetterOrDigit(c) ? c : (char)45))}.png");
        try
        {
            await Page.ScreenshotAsync(new() { Path = picture, Timeout = 5000 });
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
        {
            picture = $"none ({exception.Message})";
        }
        return $"At: {Page.Url}\nPicture: {picture}\nThe browser said: {string.Join("; ", Faults.Seen)}";
    }
}
