using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Limits;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Callbacks;

/// <summary>A request to a callback, before its body was read.</summary>
public readonly struct IngressRequest
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>Raw query with its question mark, the token taken out.</summary>
    public required string QueryString { get; init; }

    public required string? Token { get; init; }

    public required string? ContentType { get; init; }

    public required long? ContentLength { get; init; }

    /// <summary>All headers in order, credentials masked.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required string? RemoteAddress { get; init; }

    public required string? UserAgent { get; init; }

    public required string? IdempotencyKey { get; init; }

    /// <summary>One header as it came, credentials included; several of one name joined by commas. Null for requests from inside.</summary>
    public Func<string, string?>? RawHeader { get; init; }

    /// <summary>Where it came from, behind the proxies that are known.</summary>
    public System.Net.IPAddress? Address { get; init; }

    /// <summary>How often this message has already passed through a TriggerConsole.</summary>
    public required int Hops { get; init; }

    /// <summary>The user who sent it from the pages; null for requests from outside.</summary>
    public string? Actor { get; init; }
}

/// <summary>Why a request was refused: what the sender is told, and what is recorded.</summary>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Reason">One word for the record: <c>token_wrong</c>, <c>too_large</c>, …</param>
public sealed record IngressRefusal(int Status, string Reason, string Message)
{
    /// <summary>When to come back, for 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The methods that are allowed, for 405.</summary>
    public string? Allow { get; init; }

    /// <summary>The limit that was reached, for 429.</summary>
    internal RateLimit? Limit { get; init; }

    /// <summary>Whose limit it is.</summary>
    internal LimitPolicy LimitedBy { get; init; }
}

/// <summary>An accepted event, as the sender is told.</summary>
/// <param name="IsDuplicate">An event with the same idempotency key had been accepted before; nothing new runs.</param>
public sealed record IngressReceipt(Guid EventId, Guid CallbackId, IReadOnlyList<Execution> Executions, bool IsDuplicate);

/// <summary>
/// Where events enter. First <see cref="Check"/>, on what is known before the body; then the body is read within the limit; then
/// <see cref="AcceptAsync"/>, which comes back when event and executions are on disk.
/// </summary>
internal sealed class CallbackIngress(
    TriggerDirectory triggers, ExecutionAcceptor acceptor, RejectionLog rejections, CallbackGuards guards, IDbContextFactory<TriggerConsoleDbContext> contexts,
    IOptions<IngressOptions> options, IOptions<ExecutionOptions> executionOptions, TimeProvider time, EngineMetrics metrics, RateLimits limits)
{
    /// <summary>Messages that came back to us this often go in a circle.</summary>
    public const int MostHops = 8;

    private const int MaxReplayKeyLength = 200;
    private const int MinuteMs = 60_000;
    private const string TooManyRefusalsReason = "too_many_refusals";

    private static readonly IngressRefusal s_tokenMissing = new(401, "token_missing", "This callback needs its token: send it as header X-Callback-Token, as bearer token, or as ?token=… in the URL.");
    private static readonly IngressRefusal s_tokenWrong = new(401, "token_wrong", "The token is not the one of this callback. Copy it from the callback's page, or rotate it there for a new one.");
    private static readonly IngressRefusal s_disabled = new(403, "disabled", "This callback is switched off. Switch it on in the console.");
    private static readonly IngressRefusal s_loop = new(508, "loop", $"This message has passed through TriggerConsole more than {MostHops} times: a trigger seems to call its own callback.");

    /// <summary>The refusal for an id or path that no callback has.</summary>
    public static IngressRefusal Unknown { get; } = new(404, "unknown_callback", "No callback has this address. Check the URL on the callback's page.");

    public int LimitOf(Callback callback) => callback.MaxBodyBytes ?? options.Value.MaxBodyBytes;

    /// <summary>Null when the body may be read.</summary>
    public IngressRefusal? Check(Callback callback, in IngressRequest request)
    {
        // Who does not hold the token learns nothing else of the callback
        if (CheckSender(callback, request) is { } refusal) return refusal;
        if (!callback.Enabled) return s_disabled;
        if (!Allows(callback, request.Method))
            return new(405, "method_not_allowed", $"This callback takes {callback.Methods.Replace(",", ", ")}, not {request.Method}.") { Allow = callback.Methods.Replace(",", ", ") };
        if (request.Hops > MostHops) return s_loop;
        if (request.ContentLength > LimitOf(callback)) return TooLarge(callback);
        if (request.IdempotencyKey is { Length: > IdempotencyKey.MaxKeyLength }) return new(400, "bad_idempotency_key", $"Idempotency-Key is longer than {IdempotencyKey.MaxKeyLength} characters.");
        // Only what is from the sender uses the limit up; of signed messages that is known when the body is there
        return IsSigned(callback) ? null : CheckRate(callback, request.Address);
    }

    public IngressRefusal TooLarge(Callback callback) => new(413, "too_large", $"The body is larger than this callback takes ({LimitOf(callback):N0} bytes).");

    // The usual case first: a token, from anywhere
    private IngressRefusal? CheckSender(Callback callback, in IngressRequest request)
    {
        var guard = callback.Verification is null && callback.AllowedNetworks.Length == 0 ? null : guards.Of(callback);
        if (guard?.CheckAddress(request.Address) is { } elsewhere) return elsewhere;
        if (guard is not null && guard.Kind != VerificationKind.Token && CheckGuesses(callback, request.Address) is { } guesses) return guesses;
        if (guard is not null && guard.Kind != VerificationKind.Token) return guard.CheckCredentials(request.RawHeader?.Invoke("Authorization"), time.GetUtcNow());
        if (string.IsNullOrEmpty(request.Token)) return s_tokenMissing;
        return CallbackTokens.IsValid(callback, request.Token, time.GetUtcNow()) ? null : s_tokenWrong;
    }

    /// <summary>Records a refusal and counts it.</summary>
    /// <returns>What the sender is told: the refusal, or that there were too many of his.</returns>
    public IngressRefusal Refused(Callback? callback, in IngressRequest request, IngressRefusal refusal)
    {
        if (refusal.Status is 401 or 404)
        {
            var key = limits.KeyOf(LimitPolicy.Refusals, request.Address);
            if (callback is not null) key = key.And(LimitKey.Of(LimitPolicy.Refusals, callback.Id));
            if (limits.Take(key, request.Address) is { IsAllowed: false } verdict) refusal = TooManyRefusals(verdict);
        }
        metrics.RequestRefused(refusal.Reason);
        if (refusal.Reason == TooManyRefusalsReason) return refusal; // those before are recorded
        rejections.Record(new()
        {
            Id = Uuid7.New(time.GetUtcNow()),
            CallbackId = callback?.Id,
            At = time.Now(),
            Reason = refusal.Reason,
            Method = AttemptMaker.Cut(request.Method, 16)!,
            Path = AttemptMaker.Cut(request.Path, 300)!,
            RemoteAddress = request.RemoteAddress,
            UserAgent = AttemptMaker.Cut(request.UserAgent, 200),
            ContentLength = request.ContentLength,
        });
        return refusal;
    }

    /// <summary>Stores the event and its executions; the answer is true only when they are on disk.</summary>
    public async ValueTask<(IngressReceipt? Receipt, IngressRefusal? Refusal)> AcceptAsync(Callback callback, IngressRequest request, byte[] body)
    {
        var now = time.Now();
        string? replayKey = null;
        // What comes from inside carries no signature
        if (callback.Verification is not null && request.RawHeader is { } header && guards.Of(callback).CheckSignature(header, body, now, out replayKey) is { } forged) return (null, forged);
        if (IsSigned(callback) && request.RawHeader is not null && CheckRate(callback, request.Address) is { } tooMany) return (null, tooMany);
        var routed = EventRouter.Route(triggers.OfCallback(callback.Id), Uuid7.New(now), now);
        var stored = Store(callback, request, body, now, routed.EventId, routed.Verdicts);
        IdempotencyKey? key = null;
        StoredEvent? duplicate = null;
        // What is signed counts before what anyone could have changed
        if ((replayKey is null ? request.IdempotencyKey : SignedKey(replayKey)) is { Length: > 0 } given)
        {
            key = new() { Scope = callback.Id, Key = given, EventId = stored.Id, Fingerprint = SHA256.HashData(body), ExpiresAt = now + executionOptions.Value.IdempotencyPeriod };
            duplicate = Store(callback, request, body, now, Uuid7.New(now), [.. routed.Verdicts.Select(v => v with { Result = VerdictKind.Duplicate, ExecutionId = null, Detail = replayKey is null ? $"Idempotency key {given} was accepted before." : "This signed message was accepted before." })]);
        }
        var entry = await acceptor.AcceptAsync(new EventContent(stored), isNew: true, routed.Targets, key, duplicate);
        if (entry is null) return (null, new(503, "unavailable", "The event cannot be stored right now. It was not accepted; send it again in a moment.") { RetryAfter = TimeSpan.FromSeconds(2) });
        if (entry.Earlier is not { } earlier) return (new(stored.Id, callback.Id, entry.Executions, IsDuplicate: false), null);
        if (!earlier.Fingerprint.AsSpan().SequenceEqual(key!.Fingerprint))
            return (null, new(422, "idempotency_key_reused", replayKey is null ? "This Idempotency-Key was used before with another body. Use a new key for a new message." : "A message with this id was accepted before, with another body. Use a new id for a new message."));
        await using var context = await contexts.CreateDbContextAsync();
        var executions = await context.Executions.AsNoTracking().Where(e => e.EventId == earlier.EventId).OrderBy(e => e.Id).ToListAsync();
        return (new(earlier.EventId, callback.Id, executions, IsDuplicate: true), null);
    }

    private bool IsSigned(Callback callback) => callback.Verification is not null && guards.Of(callback).Kind is (VerificationKind.Hmac or VerificationKind.StandardWebhooks);

    private IngressRefusal? CheckRate(Callback callback, IPAddress? address)
    {
        var own = new RateLimit(callback.LimitPerMinute ?? 0, MinuteMs, callback.LimitPerSecond ?? 0);
        var verdict = limits.TakeCallback(callback.Id, own, address);
        return verdict.IsAllowed ? null : new(429, "rate_limited", "This callback takes no more requests at the moment: its limit is reached. Nothing was accepted; send it again when Retry-After says.")
        {
            RetryAfter = verdict.RetryAfter,
            Limit = own.IsNone ? limits.Of(LimitPolicy.Callback) : own,
            LimitedBy = LimitPolicy.Callback,
        };
    }

    // A password of few characters could be guessed; a token of 256 random bits cannot, so who has it is never held back
    private IngressRefusal? CheckGuesses(Callback callback, IPAddress? address)
    {
        var verdict = limits.Look(limits.KeyOf(LimitPolicy.Refusals, address).And(LimitKey.Of(LimitPolicy.Refusals, callback.Id)), address);
        return verdict.IsAllowed ? null : TooManyRefusals(verdict);
    }

    private IngressRefusal TooManyRefusals(LimitVerdict verdict) => new(429, TooManyRefusalsReason, "Too many requests from this address were refused. Set the sender right, then send it again when Retry-After says.")
    {
        RetryAfter = verdict.RetryAfter,
        Limit = limits.Of(LimitPolicy.Refusals),
        LimitedBy = LimitPolicy.Refusals,
    };

    // Apart from the keys that senders choose, and never too long
    private static string SignedKey(string replayKey) => replayKey.Length <= MaxReplayKeyLength ? "signed:" + replayKey : "signed:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(replayKey)));

    private static StoredEvent Store(Callback callback, in IngressRequest request, byte[] body, DateTimeOffset now, Guid id, IReadOnlyList<Verdict> verdicts) => new()
    {
        Id = id,
        CallbackId = callback.Id,
        Origin = EventOrigin.Callback,
        ReceivedAt = now,
        Method = request.Method,
        Path = AttemptMaker.Cut(request.Path, StoredEvent.MaxPathLength)!,
        QueryString = request.QueryString,
        Headers = EventHeaders.Write(request.Headers),
        ContentType = AttemptMaker.Cut(request.ContentType, StoredEvent.MaxContentTypeLength),
        Body = body,
        RemoteAddress = request.RemoteAddress,
        EventType = EventTypes.Detect(request.Headers, request.ContentType, body),
        Verdicts = VerdictJson.Write(verdicts),
        Actor = request.Actor,
    };

    private static bool Allows(Callback callback, string method)
    {
        foreach (var range in callback.Methods.AsSpan().Split(','))
            if (callback.Methods.AsSpan(range).Equals(method, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
