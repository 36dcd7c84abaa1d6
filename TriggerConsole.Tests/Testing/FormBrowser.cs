using System.Net;
using System.Text.RegularExpressions;

namespace TriggerConsole.Tests.Testing;

/// <summary>A browser as far as forms and cookies go: fills in the forms of pages without a circuit.</summary>
internal sealed partial class FormBrowser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly Uri _address;

    public FormBrowser(TestApp app)
    {
        _address = app.Address;
        Client = new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = app.Address };
    }

    public HttpClient Client { get; }

    public static async Task<FormBrowser> SignedInAsync(TestApp app, string email = TestApp.Email, string password = TestApp.Password)
    {
        var browser = new FormBrowser(app);
        var answer = await browser.SignInAsync(email, password);
        if (answer != "/") throw new InvalidOperationException($"The sign-in led to {answer}.");
        return browser;
    }

    /// <summary>Where it leads to.</summary>
    public Task<string> SignInAsync(string email = TestApp.Email, string password = TestApp.Password)
        => PostAsync("/sign-in", "/account/sign-in", new() { ["email"] = email, ["password"] = password });

    /// <summary>Fills in the form of a page; gives where it leads to.</summary>
    public async Task<string> PostAsync(string page, string action, Dictionary<string, string>? fields = null)
    {
        fields ??= [];
        fields["__RequestVerificationToken"] = AntiforgeryToken().Match(await Client.GetStringAsync(page)).Groups[1].Value;
        using var content = new FormUrlEncodedContent(fields);
        using var response = await Client.PostAsync(action, content);
        return PathOf(response);
    }

    /// <summary>The page as text; where it leads to when it leads elsewhere.</summary>
    public async Task<string> GetAsync(string page)
    {
        using var response = await Client.GetAsync(page);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : PathOf(response);
    }

    public async Task<int> StatusAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return (int)response.StatusCode;
    }

    /// <summary>Forgets who was signed in, but not that someone was.</summary>
    public void DropSession() => Drop("/", "triggerconsole");

    public void DropDevice() => Drop("/account", "triggerconsole-device");

    public void Dispose() => Client.Dispose();

    private void Drop(string path, string name)
    {
        foreach (Cookie cookie in _cookies.GetCookies(new Uri(_address, path)))
            if (cookie.Name == name) cookie.Expired = true;
    }

    private static string PathOf(HttpResponseMessage response)
        => response.Headers.Location is { IsAbsoluteUri: true } url ? url.PathAndQuery : response.Headers.Location?.OriginalString ?? $"{response.StatusCode}";

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
