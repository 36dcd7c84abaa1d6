using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using TriggerConsole.Api;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;

namespace TriggerConsole.Ingress;

/// <summary>
/// Where events enter over HTTP. Runs straight after routing, past authentication and everything else that pages and API need:
/// callbacks have their own check, and this is the hot path.
/// </summary>
internal static class IngressEndpoint
{
    public const string TokenHeader = "X-Callback-Token";
    private const string Masked = "••••••";

    public static void MapIngress(this IEndpointRouteBuilder routes)
    {
        routes.Map("/api/trigger/{callbackId}", HandleByIdAsync).ShortCircuit();
        routes.Map("/api/trigger/custom/{**path}", HandleByPathAsync).ShortCircuit();
    }

    private static Task HandleByIdAsync(HttpContext context)
    {
        var directory = context.RequestServices.GetRequiredService<CallbackDirectory>();
        return HandleAsync(context, Guid.TryParse((string?)context.Request.RouteValues["callbackId"], out var id) ? directory.Find(id) : null);
    }

    private static Task HandleByPathAsync(HttpContext context)
    {
        var directory = context.RequestServices.GetRequiredService<CallbackDirectory>();
        return HandleAsync(context, directory.FindPath((string?)context.Request.RouteValues["path"] ?? ""));
    }

    private static async Task HandleAsync(HttpContext context, Callback? callback)
    {
        var gate = context.RequestServices.GetRequiredService<LoadGates>().Ingress;
        if (context.RequestServices.GetRequiredService<LoadMonitor>().Sheds)
        {
            gate.NoteRefused();
            await LimitAnswers.ShedAsync(context, LimitPolicy.Ingress);
            return;
        }
        if (!gate.TryEnter(context.Connection.RemoteIpAddress, out var slot))
        {
            await LimitAnswers.ShedAsync(context, LimitPolicy.Ingress);
            return;
        }
        try
        {
            await TakeAsync(context, callback);
        }
        finally
        {
            gate.Leave(slot);
        }
    }

    private static async Task TakeAsync(HttpContext context, Callback? callback)
    {
        var ingress = context.RequestServices.GetRequiredService<CallbackIngress>();
        var request = Describe(context.Request);
        if (callback?.Verification is not null) request = request with { RawHeader = name => context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null };
        var refusal = callback is null ? CallbackIngress.Unknown : ingress.Check(callback, request);
        if (refusal is null)
        {
            var (body, tooLarge) = await ReadBodyAsync(context, ingress, callback!);
            if (body is not null)
            {
                var (receipt, refused) = await ingress.AcceptAsync(callback!, request, body);
                if (receipt is not null)
                {
                    await WriteReceiptAsync(context, receipt);
                    return;
                }
                refusal = refused;
            }
            else
            {
                refusal = tooLarge;
            }
        }
        await WriteRefusalAsync(context, ingress.Refused(callback, request, refusal!));
    }

    private static async ValueTask<(byte[]? Body, IngressRefusal? Refusal)> ReadBodyAsync(HttpContext context, CallbackIngress ingress, Callback callback)
    {
        var limit = ingress.LimitOf(callback);
        // One byte more than allowed, so that it is we who say it is too large, in our words
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = (long)limit + 1;
        var budget = context.RequestServices.GetRequiredService<IngressBudget>();
        byte[]? body;
        IngressBodyOutcome outcome;
        try { (body, outcome) = await IngressBody.ReadAsync(context.Request.BodyReader, context.Request.ContentLength, limit, budget, context.RequestAborted); }
        catch (IOException exception) when (ExceptionAnswers.IsBrokenBody(exception))
        {
            return (null, new(400, "bad_request", "The body cannot be read: its chunks have no size."));
        }
        return outcome switch
        {
            IngressBodyOutcome.Complete => (body, null),
            IngressBodyOutcome.TooLarge => (null, ingress.TooLarge(callback)),
            _ => (null, new(503, "busy", "More is coming in at the moment than can be held. Nothing was accepted; send it again in a moment.") { RetryAfter = TimeSpan.FromSeconds(2) }),
        };
    }

    private static IngressRequest Describe(HttpRequest request)
    {
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            var secret = IsCredential(name);
            foreach (var value in values) headers.Add(new(name, secret ? Masked : value ?? ""));
        }
        var (query, queryToken) = TakeToken(request.QueryString.Value ?? "");
        return new()
        {
            Method = request.Method,
            Path = request.Path.Value ?? "",
            QueryString = query,
            Token = TokenOf(request.Headers, queryToken),
            ContentType = request.ContentType,
            ContentLength = request.ContentLength,
            Headers = headers,
            RemoteAddress = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            Address = request.HttpContext.Connection.RemoteIpAddress,
            UserAgent = request.Headers.UserAgent,
            IdempotencyKey = request.Headers["Idempotency-Key"],
            Hops = LoopGuard.HopsIn(request.Headers[LoopGuard.Header]),
        };
    }

    private static string? TokenOf(IHeaderDictionary headers, string? queryToken)
    {
        if (headers.TryGetValue(TokenHeader, out var token) && !StringValues.IsNullOrEmpty(token)) return token[0];
        const string bearer = "Bearer ";
        var authorization = headers.Authorization.ToString();
        return authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? authorization[bearer.Length..].Trim() : queryToken;
    }

    /// <summary>The query without <c>token=…</c>, and the token: it must not be stored with the event.</summary>
    internal static (string Query, string? Token) TakeToken(string query)
    {
        if (!query.Contains("token=", StringComparison.OrdinalIgnoreCase)) return (query, null);
        string? token = null;
        var rest = new List<string>();
        foreach (var pair in query.TrimStart('?').Split('&'))
        {
            if (!pair.StartsWith("token=", StringComparison.OrdinalIgnoreCase)) rest.Add(pair);
            else token ??= Uri.UnescapeDataString(pair["token=".Length..]);
        }
        return (rest.Count == 0 ? "" : "?" + string.Join('&', rest), token);
    }

    private static bool IsCredential(string name)
        => name.Equals(TokenHeader, StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Api-Key", StringComparison.OrdinalIgnoreCase);

    private static async Task WriteReceiptAsync(HttpContext context, IngressReceipt receipt)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteString("eventId"u8, receipt.EventId);
            json.WriteString("callbackId"u8, receipt.CallbackId);
            json.WriteStartArray("executions"u8);
            foreach (var execution in receipt.Executions)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, execution.Id);
                if (execution.TriggerId is { } trigger) json.WriteString("triggerId"u8, trigger);
                json.WriteString("kind"u8, execution.Kind.ToString());
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (receipt.IsDuplicate) json.WriteBoolean("duplicate"u8, true);
            json.WriteString("message"u8, MessageOf(receipt));
            json.WriteEndObject();
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory);
    }

    private static string MessageOf(IngressReceipt receipt) => receipt switch
    {
        { IsDuplicate: true } => "Accepted before under the same idempotency key; nothing new runs.",
        { Executions.Count: 0 } => "Stored. No trigger of this callback is switched on, so nothing runs.",
        { Executions.Count: 1 } => "Stored. 1 execution is on its way.",
        _ => $"Stored. {receipt.Executions.Count} executions are on their way.",
    };

    private static Task WriteRefusalAsync(HttpContext context, IngressRefusal refusal)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (refusal.RetryAfter is { } retry) context.Response.Headers.RetryAfter = ApiProblems.Seconds(retry);
        if (refusal.Limit is { } limit) LimitAnswers.SetHeaders(context.Response, refusal.LimitedBy, limit, new(false, 0, (int)(refusal.RetryAfter?.TotalMilliseconds ?? 0)));
        if (refusal.Allow is { } allow) context.Response.Headers.Allow = allow;
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = refusal.Reason.StartsWith("credentials", StringComparison.Ordinal) ? "Basic realm=\"callback\"" : "Bearer realm=\"callback\"";
        return ApiProblems.Problem(refusal.Status, refusal.Reason.Replace('_', '-'), "Not accepted", refusal.Message).ExecuteAsync(context);
    }
}
