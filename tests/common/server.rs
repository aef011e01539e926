//! A scripted server of HTTP on this machine: it answers each request as a function says, also in ways
//! that no server should.

// Every test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used)]

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

/// A request that came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The text of the last message.
    pub fn prompt(&self) -> &str {
        self.body["messages"]
            .as_array()
            .and_then(|all| all.last()?["content"].as_str())
            .unwrap_or_default()
    }
}

/// What is sent back, step by step.
pub enum Step {
    /// These bytes.
    Send(Vec<u8>),
    /// Nothing for a while.
    Pause(Duration),
    /// The same bytes again and again, with a pause after each, until the client goes away.
    Forever(Vec<u8>, Duration),
}

/// An answer: everything from the status line on, and then the end of the connection.
pub struct Reply(pub Vec<Step>);

impl Reply {
    /// A whole answer.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        Self(vec![Step::Send([head.as_bytes(), b"\r\n", body].concat())])
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, &[("content-type", "application/json")], body.to_string())
    }

    /// An error as OpenAI has it.
    pub fn error(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"error": {"message": message}}))
    }

    /// A stream of events in chunks. It ends as it should only where `whole` says so.
    pub fn events(events: &[Value], whole: bool) -> Self {
        let mut steps = vec![Step::Send(STREAM.to_vec())];
        steps.extend(events.iter().map(|event| Step::Send(chunk(&format!("data: {event}\n\n")))));
        if whole {
            steps.push(Step::Send(chunk("data: [DONE]\n\n")));
            steps.push(Step::Send(b"0\r\n\r\n".to_vec()));
        }
        Self(steps)
    }
}

/// The head of a stream in chunks.
pub const STREAM: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";

/// A chunk of a stream.
pub fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

/// The events of a chat completion with reasoning.
pub fn chat_events(model: &str, reasoning: &str, answer: &str, finish: &str) -> Vec<Value> {
    let event = |delta: Value, finish: Value| {
        json!({"id": "c-1", "object": "chat.completion.chunk", "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    };
    let half = reasoning.len() / 2;
    let half = (0..=half).rev().find(|at| reasoning.is_char_boundary(*at)).unwrap_or(0);
    vec![
        event(json!({"role": "assistant", "content": ""}), Value::Null),
        event(json!({"reasoning_content": reasoning[..half]}), Value::Null),
        event(json!({"reasoning_content": reasoning[half..]}), Value::Null),
        event(json!({"content": answer}), Value::Null),
        event(json!({}), finish.into()),
        json!({"id": "c-1", "object": "chat.completion.chunk", "model": model, "choices": [],
            "usage": {"prompt_tokens": 10, "completion_tokens": 20}}),
    ]
}

/// A whole chat completion.
pub fn chat(message: Value) -> Value {
    json!({"id": "c-1", "object": "chat.completion", "model": "made-up", "choices": [
        {"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20}})
}

type Script = dyn Fn(&Request, usize) -> Reply + Send + Sync;

/// A server that runs until the test ends.
pub struct Server {
    pub address: String,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers each request as the script says; the number counts requests, from 0.
    pub fn start(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, log) = (script.clone(), kept.clone());
                std::thread::spawn(move || serve(stream, &*script, &log));
            }
        });
        Self { address, log }
    }

    /// A server with a list of models that answers everything else as the script says; the number
    /// counts the prompts that were asked.
    pub fn with_models(
        models: &'static [&'static str],
        script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let asked = Mutex::new(0);
        Self::start(move |request, _| {
            if request.method == "GET" {
                if request.path != "/v1/models" {
                    return Reply::error(404, "Not Found");
                }
                let list: Vec<Value> = models.iter().map(|id| json!({"id": id})).collect();
                return Reply::json(200, &json!({"object": "list", "data": list}));
            }
            let number = {
                let mut asked = asked.lock().unwrap();
                *asked += 1;
                *asked - 1
            };
            script(request, number)
        })
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// The prompts that were asked so far.
    pub fn prompts(&self) -> Vec<String> {
        let all = self.requests();
        all.iter().filter(|one| one.method == "POST").map(|one| one.prompt().to_owned()).collect()
    }
}

fn serve(mut stream: TcpStream, script: &Script, log: &Mutex<Vec<Request>>) {
    let Some(request) = read(&stream) else { return };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    // A client that goes away ends it.
    for step in script(&request, number).0 {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
            Step::Pause(time) => std::thread::sleep(time),
            Step::Forever(bytes, pause) => loop {
                if stream.write_all(&bytes).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            },
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some(Request { method, path, headers, body })
}
