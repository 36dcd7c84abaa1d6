using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>What a sink got.</summary>
internal sealed record SinkRequest(string Method, string Target, string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;
}

/// <summary>A real web server on a port of its own that keeps what it gets and answers as a test says (200 by default).</summary>
internal sealed class HttpSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpSink(WebApplication app, string scheme) => (_app, Scheme) = (app, scheme);

    public string Scheme { get; }

    public int Port { get; private set; }

    public Uri Url => new($"{Scheme}://127.0.0.1:{Port}/");

    public ConcurrentQueue<SinkRequest> Requests { get; } = new();

    /// <summary>How it answers.</summary>
    public Func<HttpContext, SinkRequest, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public SinkRequest Only => Assert.Single(Requests);

    public SinkRequest Last => Requests.Last();

    public int ConnectionCount => _connections;

    private int _connections;

    public static async Task<HttpSink> StartAsync(X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        HttpSink? sink = null;
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref sink!._connections);
                    return next(connection);
                });
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : protocols;
                if (certificate is not null) listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    // Without the certificates that the system would look for to complete the chain
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) }),
                });
            });
        });
        var app = builder.Build();
        sink = new HttpSink(app, certificate is null ? "http" : "https");
        app.Run(sink.HandleAsync);
        await app.StartAsync();
        sink.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;
        return sink;
    }

    /// <summary>Address of a path here.</summary>
    public string At(string path, string host = "127.0.0.1") => $"{Scheme}://{host}:{Port}{path}";

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(soon.Token); // calls that hang on purpose are not waited for
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var feature = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new SinkRequest(context.Request.Method, feature.RawTarget, context.Request.Protocol, headers, body.ToArray());
        Requests.Enqueue(request);
        await Answer(context, request);
    }
}
