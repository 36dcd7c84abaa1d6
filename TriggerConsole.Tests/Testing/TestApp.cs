using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Tests.Testing;

/// <summary>The real application on its own port, database and folder; gone when disposed.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string ApiKey = "tc_test_0123456789abcdef0123456789abcdef";
    public const string Email = "admin@example.com";
    public const string Password = "correct horse battery";

    private readonly WebApplicationFactory<Program> _factory;
    private readonly string _folder;

    private TestApp(WebApplicationFactory<Program> factory, string folder, Uri address)
    {
        (_factory, _folder, Address) = (factory, folder, address);
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
        Anonymous = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    public Uri Address { get; }

    /// <summary>Where its database is.</summary>
    public string Folder => _folder;

    /// <summary>Shows the administrator's API key.</summary>
    public HttpClient Client { get; }

    /// <summary>Shows nothing.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _factory.Services;

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <param name="settings">Configuration on top of the usual.</param>
    /// <param name="environment">Production has no demo and strict egress but for loopback, which tests need.</param>
    /// <param name="services">Replaces parts.</param>
    public static Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null, string environment = "Production", Action<IServiceCollection>? services = null)
    {
        var folder = Directory.CreateTempSubdirectory("tc-app-").FullName;
        MigratedFile.CopyTo(folder);
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment(environment);
            builder.UseSetting("urls", "http://127.0.0.1:0");
            builder.UseSetting("Database:Directory", folder);
            builder.UseSetting("TriggerConsole:Admin:Email", Email);
            builder.UseSetting("TriggerConsole:Admin:Password", Password);
            builder.UseSetting("TriggerConsole:Admin:ApiKey", ApiKey);
            builder.UseSetting("Egress:AllowedNetworks:0", "127.0.0.0/8");
            builder.UseSetting("Egress:AllowOwnServer", "true"); // the echo endpoint, and a trigger that calls its own callback
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            // Tests ask again and again until something is there
            builder.UseSetting("RateLimiting:Api:Permits", "1000000");
            builder.UseSetting("RateLimiting:Key:Permits", "1000000");
            // A machine that builds and tests other things beside is overloaded indeed
            builder.UseSetting("LoadShedding:MaxDelay", "00:01:00");
            foreach (var (key, value) in settings ?? []) builder.UseSetting(key, value);
            builder.ConfigureLogging(logging => logging.ClearProviders());
            // Hundreds of servers start, each with an administrator: their passwords are worth less work than people's
            builder.ConfigureServices(s => s.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1_000));
            if (services is not null) builder.ConfigureServices(services);
        });
        factory.UseKestrel(0);
        factory.StartServer();
        var address = factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return Task.FromResult(new TestApp(factory, folder, new Uri(address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal))));
    }

    /// <summary>Makes a callback with an HTTP trigger, through the API.</summary>
    public async Task<TestCallback> CreateCallbackAsync(string target, object? trigger = null, object? callback = null)
    {
        var made = await SendAsync(HttpMethod.Post, "/api/callbacks", callback ?? new { name = "Orders" });
        var id = made.GetProperty("id").GetGuid();
        var httpTrigger = await SendAsync(HttpMethod.Post, $"/api/callbacks/{id}/http", trigger ?? new { name = "Target", settings = new { method = "POST", url = target } });
        return new(id, made.GetProperty("token").GetString()!, httpTrigger.GetProperty("id").GetGuid());
    }

    /// <summary>Sends an event to a callback.</summary>
    public Task<HttpResponseMessage> FireAsync(TestCallback callback, HttpContent content, Action<HttpRequestMessage>? more = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback.Id}") { Content = content };
        request.Headers.Add("X-Callback-Token", callback.Token);
        more?.Invoke(request);
        return Anonymous.SendAsync(request);
    }

    /// <summary>Fires JSON and gives the ids of the executions that it made.</summary>
    public async Task<IReadOnlyList<Guid>> FireAsync(TestCallback callback, object payload)
    {
        using var response = await FireAsync(callback, JsonContent.Create(payload));
        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        if ((int)response.StatusCode != 202) throw new InvalidOperationException($"{response.StatusCode}: {receipt}");
        return [.. receipt.GetProperty("executions").EnumerateArray().Select(e => e.GetProperty("id").GetGuid())];
    }

    /// <summary>Calls the API and expects success.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var response = await Client.SendAsync(new(method, path) { Content = body is null ? null : JsonContent.Create(body) });
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path} answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Calls the API and gives status and answer, whatever they are.</summary>
    public async Task<(int Status, JsonElement Body)> TryAsync(HttpMethod method, string path, HttpContent? content = null, HttpClient? client = null)
    {
        using var response = await (client ?? Client).SendAsync(new(method, path) { Content = content });
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    /// <summary>Waits until an execution has one of these statuses.</summary>
    public Task<JsonElement> WaitForAsync(Guid execution, params string[] statuses) => Eventually.GetAsync(async () =>
    {
        var details = await SendAsync(HttpMethod.Get, $"/api/executions/{execution}");
        return statuses.Contains(details.GetProperty("execution").GetProperty("status").GetString()) ? (true, details) : (false, details);
    }, $"execution {execution} to be {string.Join(" or ", statuses)}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        var database = Get<DatabaseTarget>();
        await StopAsync();
        await _factory.DisposeAsync();
        if (database.SqliteFile is not null)
        {
            // A pool has a timer, the timer the context it was made in, and that the whole server: hundreds of them would stay in memory
            await using var connection = new SqliteConnection(database.ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// Stops it as the program itself does, and waits for the end. Left to the factory, factory and program would stop at once, and the
    /// program would dispose of services that the factory is still stopping.
    /// </summary>
    private async Task StopAsync()
    {
        var lifetime = Get<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStopped.Register(() => stopped.TrySetResult());
        lifetime.StopApplication();
        await stopped.Task;
    }
}

internal sealed record TestCallback(Guid Id, string Token, Guid TriggerId);
