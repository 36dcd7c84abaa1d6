using System.Globalization;
using TriggerConsole.Components.Controls;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>Why a request was refused, for people. The closed list of reasons is that of <c>CallbackIngress</c> and the ingress endpoint.</summary>
internal static class RefusalWords
{
    /// <summary>Short, for a cell: <c>Wrong token</c>.</summary>
    public static string Short(string reason) => reason switch
    {
        "token_missing" => "No token",
        "token_wrong" => "Wrong token",
        "signature_missing" => "Not signed",
        "signature_malformed" => "No signature found",
        "signature_wrong" => "Wrong signature",
        "timestamp_missing" => "No time of sending",
        "timestamp_too_far" => "Too old",
        "id_missing" => "No message id",
        "credentials_missing" => "No password",
        "credentials_wrong" => "Wrong password",
        "network_not_allowed" => "From another network",
        "disabled" => "Switched off",
        "method_not_allowed" => "Method not allowed",
        "too_large" => "Body too large",
        "loop" => "Goes in a circle",
        "bad_idempotency_key" => "Idempotency key too long",
        "idempotency_key_reused" => "Idempotency key reused",
        "unknown_callback" => "Unknown address",
        "unavailable" => "Could not be stored",
        "busy" => "Too much at once",
        "rate_limited" => "Limit reached",
        "too_many_refusals" => "Refused too often",
        _ => Format.Code(reason),
    };

    /// <summary>What to do about it, in a sentence; empty when the reason is new to us.</summary>
    public static string Remedy(string reason) => reason switch
    {
        "token_missing" => "The sender must show the token: as header X-Callback-Token, as bearer token, or as ?token=… in the URL.",
        "token_wrong" => "The sender uses another token. Rotate the token for a new one and enter it there.",
        "signature_missing" => "The sender must sign its requests with the shared secret; the header with the signature was not there.",
        "signature_malformed" => "The header with the signature held none as the settings describe it. Compare them with the sender's guide.",
        "signature_wrong" => "The sender uses another secret, or something on the way changed the body. Enter the same secret on both sides.",
        "timestamp_missing" => "The sender must say when it sent the request; the settings name the header.",
        "timestamp_too_far" => "The clocks of both sides are too far apart, or someone sent a recorded request again.",
        "id_missing" => "The sender must give each message an id; the settings name the header.",
        "credentials_missing" => "The sender must show user name and password (HTTP Basic).",
        "credentials_wrong" => "The sender uses another user name or password. Replace it in the settings, and enter it there.",
        "network_not_allowed" => "The address is in none of the networks in the settings. Behind a proxy, every request seems to come from the proxy.",
        "disabled" => "The callback was switched off when this arrived.",
        "method_not_allowed" => "Allow the method in the settings, or have the sender use one that is allowed.",
        "too_large" => "Raise the largest body in the settings, or have the sender send less.",
        "loop" => $"It had passed through TriggerConsole more than {Core.Callbacks.CallbackIngress.MostHops} times: a trigger seems to call its own callback.",
        "bad_idempotency_key" => "The sender must use a shorter Idempotency-Key.",
        "idempotency_key_reused" => "The sender must use a new Idempotency-Key for a new message.",
        "unknown_callback" => "Compare the path with the addresses of the callbacks: the sender may have a typing error.",
        "unavailable" => "The database took nothing at that moment. The sender was told to come back.",
        "busy" => "More came in than could be held. The sender was told to come back.",
        "rate_limited" => "Raise the limit in the settings, or have the sender send more slowly. The sender was told when to come back.",
        "too_many_refusals" => "Set the sender right: it was refused again and again. It was told when to come back.",
        _ => "",
    };

    /// <summary><c>1,000 or more</c> when counting stopped there.</summary>
    public static string Count(int count)
        => count >= Core.Callbacks.CallbackQueries.MostCounted ? string.Create(CultureInfo.InvariantCulture, $"{Format.Number(count)} or more") : Format.Number(count);
}
